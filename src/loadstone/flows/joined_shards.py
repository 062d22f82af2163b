"""Shards as one: the environment of a merged record, its looks, and what is missing of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from loadstone.model import Environment, Judgement, Look, Note, Plan, Record, ShardPart, Verdict
from loadstone.stats.common.spending import spent

_SHOWN = 5  # facts in a sentence
_ENDS = ("budget", "last-look", "failed-alike", "settled")  # what ends a session, the firmest last


def environment(parts: Sequence[Environment]) -> Environment:
    """One environment for several of the same provider and harness.

    Where keys differ the key is one of its own, made of all of them, so that a mixture is compared
    with nothing but the same mixture; facts and tools are those that all share.
    """
    keys = sorted({each.key for each in parts})
    key = keys[0] if len(keys) == 1 else _mixed(keys)
    first = parts[0]
    return replace(
        first,
        key=key,
        facts={
            name: value
            for name, value in first.facts.items()
            if all(each.facts.get(name) == value for each in parts)
        },
        tools={
            name: value
            for name, value in first.tools.items()
            if all(each.tools.get(name) == value for each in parts)
        },
        warnings=list(dict.fromkeys(note for each in parts for note in each.warnings)),
    )


def _mixed(keys: Sequence[str]) -> str:
    return "mixed-" + hashlib.sha256("\0".join(keys).encode()).hexdigest()[:12]


def looks(plan: Plan, shards: Sequence[Sequence[Look]]) -> list[Look]:
    """The looks of several schedules as if one had taken them, with the α of the whole plan.

    After so many rounds open is what is open anywhere, and found what was found so far.
    """
    rounds = sorted({look.rounds for taken in shards for look in taken})
    last = plan.policy.looks[-1]
    return [
        Look(
            rounds=number,
            alpha=spent(plan.policy.alpha, number, last),
            open=[case for look in _of(shards, number) for case in look.open],
            found=sum(look.found for look in _so_far(shards, number)),
            why=_why(list(_so_far(shards, number)), final=number == rounds[-1]),
        )
        for number in rounds
    ]


def _of(shards: Sequence[Sequence[Look]], rounds: int) -> Iterator[Look]:
    return (look for taken in shards for look in taken if look.rounds == rounds)


def _so_far(shards: Sequence[Sequence[Look]], rounds: int) -> Iterator[Look]:
    """The newest look of each shard."""
    for taken in shards:
        before = [look for look in taken if look.rounds <= rounds]
        if before:
            yield before[-1]


def _why(newest: Sequence[Look], *, final: bool) -> str:
    open_ = any(look.open for look in newest)
    if open_ and not final:
        return "promising"
    ends = {look.why for look in newest}
    return next((why for why in _ENDS if why in ends), "settled")


def whole(record: Record) -> Record:
    """A judged record with what is to be said of its shards; with one missing it is no pass."""
    judgement = record.judgement
    if judgement is None or not record.shards:
        return record
    lost = list(_lost(record.shards))
    notes = [*lost, *_machines(record.shards)]
    verdict = judgement.verdict
    if lost and verdict is not Verdict.REGRESSION:
        verdict = Verdict.INVALID
    told: Judgement = replace(judgement, verdict=verdict, warnings=[*notes, *judgement.warnings])
    return replace(record, judgement=told)


def _lost(parts: Sequence[ShardPart]) -> Iterator[Note]:
    for each in parts:
        of = {"number": each.shard.number, "of": each.shard.of, "cases": len(each.cases)}
        if each.environment is None:
            yield Note.of("shard-missing", **of)
        elif not each.finished:
            yield Note.of("shard-unfinished", **of)


def _machines(parts: Sequence[ShardPart]) -> Iterator[Note]:
    """That cases were measured on machines that differ, and in what."""
    there = [each.environment for each in parts if each.environment is not None and each.cases]
    kinds = len({each.key for each in there})
    if kinds < 2:
        return
    names = sorted({name for each in there for name in each.facts})
    differing = [name for name in names if len({repr(each.facts.get(name)) for each in there}) > 1]
    yield Note.of(
        "mixed-environments", kinds=kinds, facts=", ".join(differing[:_SHOWN]) or "their tools"
    )
