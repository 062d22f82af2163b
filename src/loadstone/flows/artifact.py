"""Artifacts of unprivileged jobs as a record of ours: admitted, joined, replayed, judged anew.

    artifacts ─► runs that were planned ─► schedule, replayed ─► comparison

The plan is that of the caller, from the files of the base revision. The looks are made anew from
the runs by the schedule: one that would have gone on says that the artifact is not all there was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from loadstone import __version__
from loadstone.errors import InvalidFile
from loadstone.flows import joined_shards, merge
from loadstone.flows.judge import judged, warned
from loadstone.flows.schedules.sequential import SequentialSchedule
from loadstone.flows.shard_records import ShardRecord
from loadstone.model import Look, Note, Plan, Record, Shard, Verdict
from loadstone.model.reasons import named
from loadstone.plan.catalogue import CATALOGUE, VERBS, resolution
from loadstone.plan.shards import part
from loadstone.report.common.sentences.filling import fields
from loadstone.report.common.sentences.of_runs import OF_RUNS
from loadstone.stats.comparison.coupling import cores
from loadstone.stats.comparison.history import History
from loadstone.store.untrusted.admitted_runs import Admission, admitted, unverified
from loadstone.store.untrusted.artifact_limits import Limits
from loadstone.store.untrusted.opened_artifact import opened
from loadstone.store.untrusted.vocabulary import Vocabulary

_OWN_SERIES = (
    *("load.requests", "load.wrong"),
    *("process.rss", "process.anon", "process.threads", "process.fds"),
)
LOST = ("artifact-unfinished", "artifact-not-whole")


@dataclass(frozen=True, kw_only=True)
class ReceivedRecord:
    """A record made of artifacts and judged anew, or None; `notes`: what was refused."""

    record: Record | None
    notes: Sequence[Note]


def received(
    paths: Sequence[Path],
    plan: Plan,
    *,
    files: Path,
    history: History | None = None,
    limits: Limits | None = None,
    under: str = "",
) -> ReceivedRecord:
    """Take the artifact of a run, or those of its shards, and judge what is admitted to `plan`.

    `files`: an empty directory of ours, for the profiles. `under`: the folder of an artifact that
    holds it. `history`: what was known of the noise
    when it was measured. What was not taken, or would have gone on, makes what is left no pass.
    Raises nothing for whatever the artifacts hold.
    """
    limits = shared(limits or Limits(), len(paths))
    found = [admission(path, plan, limits=limits, under=under) for path in paths]
    notes = [note for each in found for note in each.notes]
    usable = [each for each in found if each.record is not None]
    record = _joined(usable)
    if record is None:
        refused = [Note.of("artifact-shards")] if usable else []
        return ReceivedRecord(record=None, notes=[*notes, *refused])
    for each in usable:
        written(each.profiles, files)
    looks, unfinished = _replayed(record.plan, usable, history)
    record = judged(record, history=history, looks=looks, files=files)
    notes += [Note.of("artifact-unfinished")] if unfinished else []
    notes += [] if all(each.whole for each in found) else [Note.of("artifact-not-whole")]
    return ReceivedRecord(record=kept_back(record, notes), notes=notes)


def shared(limits: Limits, parts: int) -> Limits:
    """The limits of one of several artifacts: what is read of all together is no more for it."""
    share = max(1, parts)
    return replace(limits, unpacked=limits.unpacked // share, file=limits.file // share)


def admission(
    path: Path,
    plan: Plan,
    *,
    limits: Limits | None = None,
    under: str = "",
    rounds: int | None = None,
) -> Admission:
    """Take an artifact, held to `plan` and not judged; of a shard too, `plan` is of all cases."""
    return admitted(
        opened(path, limits, under=under),
        plan,
        vocabulary(plan),
        environment=unverified(plan, __version__),
        rounds=rounds,
        limits=limits,
    )


def vocabulary(plan: Plan) -> Vocabulary:
    """The names that runs of a plan have."""
    sources = [source for case in plan.cases for source in case.sources.values()]
    asked = {name for source in sources for name in (source.quantity, source.per) if name}
    told = (said if isinstance(said, tuple) else (said,) for said in OF_RUNS.values())
    sentences = [each for some in told for each in some]
    widths = {found for name in asked if (found := resolution(name))}
    scraped = {name.rpartition(".")[0] for name in asked if name.startswith("scrape.")}
    return Vocabulary(
        quantities={
            *_of_each(CATALOGUE, plan),
            *asked,
            *widths,
            *(f"api.requests.{verb}" for verb in VERBS),
        },
        series={*_of_each(_OWN_SERIES, plan), *scraped, *asked},
        codes=OF_RUNS.keys(),
        data={name for said in sentences for name in fields(said)},
        texts={*plan.processes, *(each.name for case in plan.cases for each in case.metrics)},
        processes=plan.processes,
    )


def _of_each(names: Iterable[str], plan: Plan) -> Iterator[str]:
    """Names of quantities, and of those that every process of a component has of its own."""
    for name in names:
        yield name
        if name.startswith(("process.", "allocations.", "profile.")):
            yield from (named(name, process) for process in plan.processes)


def _joined(found: Sequence[Admission]) -> Record | None:
    """One record of the whole plan; None for shards that are not of one run."""
    if len(found) == 1 and found[0].shard is None:
        return found[0].record
    try:
        return merge.joined(_shards(found)) if found else None
    except InvalidFile:
        return None


def _shards(found: Sequence[Admission]) -> list[ShardRecord]:
    shards = []
    for number, each in enumerate(found, start=1):
        assert each.record is not None  # noqa: S101  (only those are asked)
        shard = each.shard or Shard(number=0, of=0)  # a whole run is no shard of one
        plan = replace(each.record.plan, shard=shard)
        record = replace(each.record, plan=plan)
        shards.append(ShardRecord(folder=Path(f"artifact-{number}"), record=record, shard=shard))
    return shards


def written(profiles: Mapping[str, bytes], files: Path) -> None:
    """Write profiles that were admitted."""
    for name, data in profiles.items():
        (files / name).parent.mkdir(parents=True, exist_ok=True)
        (files / name).write_bytes(data)


def _replayed(
    plan: Plan, found: Sequence[Admission], history: History | None
) -> tuple[list[Look], bool]:
    """The looks of the schedules, made anew, and whether one of these would have gone on."""
    taken, unfinished = [], False
    for each in found:
        mine = part(replace(plan, shard=each.shard))
        usable = cores(each.record.environment.facts) if each.record else None
        schedule = SequentialSchedule(mine, history=history, cores=usable)
        runs = each.record.runs if each.record else ()
        unfinished = bool(schedule(runs)) or unfinished
        taken.append(schedule.looks)
    looks = taken[0] if len(taken) == 1 else joined_shards.looks(plan, taken)
    return looks, unfinished


def kept_back(record: Record, notes: Sequence[Note]) -> Record:
    """The record with what is missing of it said; unless it fails anyway, it is invalid."""
    lost = [note for note in notes if note.code in LOST]
    judgement = record.judgement
    if judgement is None or not lost:
        return record
    if judgement.verdict is not Verdict.REGRESSION:
        judgement = replace(judgement, verdict=Verdict.INVALID)
    return warned(replace(record, judgement=judgement), lost)
