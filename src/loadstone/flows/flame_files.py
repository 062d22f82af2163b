"""Profiles of a comparison as files: interactive flame graphs, and what other tools open.

    <case>/<kind>/flame.html                          base, head and difference, to be searched
    <case>/<kind>/base.pb.gz head.pb.gz difference.pb.gz    for `go tool pprof`
    <case>/<kind>/both.folded                         for differential flame graphs
    <case>/<kind>/both.speedscope.json                for speedscope

Each is of a unit of work, the mean over a side's runs.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from loadstone.errors import UsageError
from loadstone.flows import unit_of_work
from loadstone.flows.read_profiles import TakenProfile, take
from loadstone.model import CasePlan, ProfileDiff, Record, Side
from loadstone.model.profile_kinds import parted
from loadstone.profiles import writing
from loadstone.profiles.flame_tree import FlameTree, flame_tree
from loadstone.profiles.frames import Stack
from loadstone.profiles.names import normal, renamed
from loadstone.profiles.pprof import fold
from loadstone.profiles.sample_type import choose
from loadstone.report.comparison.profiles import moved
from loadstone.report.comparison.profiles import unit_of_work as noun
from loadstone.report.flame import FlameNodes, page

_ODD = re.compile(r"[^A-Za-z0-9._=,-]")
_STEPS = {"s": 1e-9, "By": 1.0}  # of a whole number in a folded file
_SHOWN = 8  # functions at the bottom that are named


@dataclass(frozen=True, kw_only=True)
class BothStacks:
    """The stacks of both sides, for each unit of work, the mean of the runs; names of the head."""

    base: Mapping[Stack, float]
    head: Mapping[Stack, float]
    sample_type: str


def write(
    record: Record, files: Path, out: Path, *, cases: str = "*", kind: str = ""
) -> list[Path]:
    """Write the files of every profile diff that matches; return the paths.

    `files` holds the profiles. Raises `UsageError` where there is nothing to write.
    """
    chosen = [
        each
        for each in record.profiles
        if fnmatchcase(each.case, cases) and kind in ("", each.kind) and not each.growth
    ]
    if not chosen:
        held = (each for each in record.profiles if not each.growth)
        known = "; ".join(f"{each.kind} of {each.case}" for each in held)
        raise UsageError("there is no such profile", next_step=f"there is: {known or 'none'}")
    written = []
    for each in chosen:
        stacks = both_stacks(record, each, files)
        if stacks is not None:
            written += _write(each, stacks, out / _safe(each.case) / _safe(each.kind))
    if not written:
        raise UsageError(
            f"the profile files of this record are not in {files}",
            next_step="name the directory that `run` wrote, with its folder `profiles`",
        )
    return written


def both_stacks(record: Record, diff: ProfileDiff, files: Path) -> BothStacks | None:
    """The stacks of a diff's profiles; None where they are gone or do not fit together."""
    plan = next((each for each in record.plan.cases if each.case.name == diff.case), None)
    taken = [_taken(record, diff, plan, files, side) for side in Side]
    if not all(taken):
        return None
    profiles = [[each.profile for each in side] for side in taken]
    sample_type = diff.by or choose(profiles[0], profiles[1], parted(diff.kind)[0])
    work = unit_of_work.of(plan, diff.kind) if diff.per else unit_of_work.Work()
    moved_to = {row.was: row.function for row in diff.rows if row.was}
    sides = [_mean(side, sample_type, diff.unit, work) for side in taken]
    return BothStacks(
        base=renamed(sides[0], moved_to),
        head=sides[1],
        sample_type=sample_type,
    )


def flame_page(diff: ProfileDiff, stacks: BothStacks) -> str:
    """The interactive flame graph of a diff."""
    tree = flame_tree(stacks.base, stacks.head)
    unit = noun(diff.per)
    about = f"What calls what, and what it costs a {unit}, in the mean of {diff.runs} runs a side."
    if tree.shared:
        shown = ", ".join(tree.shared[:_SHOWN]) + (" …" if len(tree.shared) > _SHOWN else "")
        about += f" Every stack begins with {shown}, which is left out."
    return page(_nodes(diff, tree), title=f"{diff.kind}, {diff.case}", about=about)


def _nodes(diff: ProfileDiff, tree: FlameTree) -> FlameNodes:
    places = {name: at for at, name in enumerate(tree.names)}
    judged = any(row.p is not None for row in diff.rows)
    changed = [places[row.function] for row in diff.rows if moved(row) and row.function in places]
    return FlameNodes(
        names=tree.names,
        parents=tree.parents,
        functions=tree.functions,
        base=tree.base,
        head=tree.head,
        unit=diff.unit,
        changed=changed if judged else None,
    )


def _write(diff: ProfileDiff, stacks: BothStacks, place: Path) -> list[Path]:
    place.mkdir(parents=True, exist_ok=True)
    base, head = stacks.base, stacks.head
    apart = writing.difference(base, head)
    # A whole number of ns or By is too coarse for a single request: a thousand of them.
    scaled = [
        {stack: 1000 * value for stack, value in each.items()} for each in (base, head, apart)
    ]
    contents: dict[str, bytes] = {
        "flame.html": flame_page(diff, stacks).encode(),
        "both.folded": writing.both_folded(
            scaled[0], scaled[1], step=_STEPS.get(diff.unit, 1.0)
        ).encode(),
        "both.speedscope.json": writing.speedscope(
            {"base": base, "head": head}, title=f"{diff.kind}, {diff.case}", unit=diff.unit
        ).encode(),
    }
    for name, each in zip(("base", "head", "difference"), scaled, strict=True):
        contents[f"{name}.pb.gz"] = writing.pprof(
            each, sample_type=stacks.sample_type, unit=diff.unit
        )
    for name, content in contents.items():
        (place / name).write_bytes(content)
    return [place / name for name in contents]


def _taken(
    record: Record, diff: ProfileDiff, plan: CasePlan | None, files: Path, side: Side
) -> Sequence[TakenProfile]:
    runs = [run for run in record.runs if plan is None or run.design is plan.design]
    grown = bool(diff.per) and unit_of_work.of(plan, diff.kind).grows
    return take(runs, files, case=diff.case, kind=diff.kind, side=side, grown=grown).taken


def _mean(
    taken: Sequence[TakenProfile], sample_type: str, unit: str, work: unit_of_work.Work
) -> dict[Stack, float]:
    found: dict[Stack, float] = defaultdict(float)
    runs = 0
    for each in taken:
        stacks = fold(each.profile, sample_type)
        factor = unit_of_work.factor(each.run, each.profile, unit, sum(stacks.values()), work)
        if factor is None:
            continue
        runs += 1
        for stack, value in stacks.items():
            found[tuple(map(normal, stack))] += value * factor
    return {stack: value / runs for stack, value in found.items()}


def _safe(part: str) -> str:
    name = _ODD.sub("_", part)
    return name if name.strip(".") else "_"
