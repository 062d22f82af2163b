"""Profile diffs from the files beside a record, with warnings of what cannot be compared.

Whatever is wrong with a profile is a warning of the report: the numbers of a session must not be
lost for a picture that cannot be drawn.

    files ─► profiles ─► costs by function and round ─► judgement of all of them ─► rows
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from loadstone.flows import unit_of_work
from loadstone.flows.function_rows import rows
from loadstone.flows.read_profiles import SideProfiles, TakenProfile, take
from loadstone.flows.unit_of_work import Work
from loadstone.measure.probes.profile import AT_OPEN, HELD
from loadstone.model import CasePlan, Note, Plan, ProfileDiff, Run, Scalar, Side
from loadstone.model.profile_kinds import parted
from loadstone.profiles.diff import FunctionTable, RunCosts, table
from loadstone.profiles.function_costs import function_costs
from loadstone.profiles.reach import CodeChange, code_change
from loadstone.profiles.sample_type import choose, other
from loadstone.profiles.sampling import quantum
from loadstone.profiles.stories import BothSides

WARNINGS = frozenset({"profile-thin", "profile-unreadable", "profile-not-compared", "profile-type"})


@dataclass(frozen=True, kw_only=True)
class ComparedProfile:
    """One case and kind of profile that can be compared, before it is judged."""

    diff: ProfileDiff  # without rows
    functions: FunctionTable
    sides: BothSides


def diffs(
    runs: Sequence[Run], files: Path, plan: Plan | None = None
) -> tuple[list[ProfileDiff], list[Note]]:
    """Compare the profiles of every case and kind; warn of what cannot be compared.

    `plan`: of the session, which says what a unit of work is and what the programs are.
    """
    found: list[ComparedProfile] = []
    warnings: list[Note] = []
    plans = {each.case.name: each for each in plan.cases} if plan else {}
    for case, kind, work in _wanted(runs, plans):
        chosen = _of_design(runs, plans.get(case))
        base, head = (
            take(chosen, files, case=case, kind=kind, side=side, grown=work.grows) for side in Side
        )
        growth = _is_growth(kind, work)
        warnings += [] if growth else _left_out(base, head, case, kind)
        if not base.taken or not head.taken:
            continue
        if growth and not all(each.since_open for each in (*base.taken, *head.taken)):
            continue  # of a record that has only what was held at the end
        try:
            found.append(_compared(base, head, case, kind, work, plan))
        except ValueError as error:
            said = Note.of("profile-not-compared", kind=kind, case=case, said=str(error))
            warnings += [] if growth else [said]
    told = {(each.diff.kind, each.diff.by) for each in found if each.diff.by}
    warnings += [Note.of("profile-type", kind=kind, by=by) for kind, by in sorted(told)]
    compared = [(each.diff, each.functions, each.sides) for each in found]
    return rows(compared, _change(plan)), warnings


def _wanted(runs: Sequence[Run], plans: Mapping[str, CasePlan]) -> Iterator[tuple[str, str, Work]]:
    """Cases and kinds with their work; of what a program holds the growth first: it tells leaks."""
    kinds = dict.fromkeys((run.case, kind) for run in runs if run.valid for kind in run.profiles)
    for case, kind in kinds:
        sort = parted(kind)[0]
        if sort.endswith(AT_OPEN):
            continue
        if sort in HELD:
            yield case, kind, unit_of_work.of_growth(plans.get(case))
        yield case, kind, unit_of_work.of(plans.get(case), kind)


def _is_growth(kind: str, work: Work) -> bool:
    return work.grows and parted(kind)[0] in HELD


def _change(plan: Plan | None) -> CodeChange:
    """What differs between the programs, as far as Git and they tell."""
    if plan is None:
        return CodeChange()
    return code_change(plan.commits, plan.base.go, plan.head.go)


def _of_design(runs: Sequence[Run], plan: CasePlan | None) -> Sequence[Run]:
    """Of a mixed case the pairs that were measured at once."""
    if plan is None:
        return runs
    alike = [run for run in runs if run.case == plan.case.name and run.design is plan.design]
    return alike or runs


def _compared(
    base: SideProfiles, head: SideProfiles, case: str, kind: str, work: Work, plan: Plan | None
) -> ComparedProfile:
    sort, process = parted(kind)
    sample_type = choose(base.profiles, head.profiles, sort)
    every = [*base.taken, *head.taken]
    growth = _is_growth(kind, work)
    column = every[0].profile.column(sample_type)
    unit = every[0].profile.types[column].base_unit
    if work.grows and not all(each.since_open for each in every):
        work = Work()
    costs = [_costs(side.taken, sample_type, unit, work) for side in (base, head)]
    if work.per and not all(costs):  # nobody counted the work
        work = Work()
        costs = [_costs(side.taken, sample_type, unit, work) for side in (base, head)]
    functions = table(costs[0], costs[1], growth=growth)
    seen = [each.seen for each in every if each.seen is not None]
    diff = ProfileDiff(
        case=case,
        kind=kind,
        unit=unit,
        base_total=functions.base_whole,
        head_total=functions.head_whole,
        runs=min(map(len, costs)),
        thin=functions.thin,
        by=other(sample_type, sort),
        per=work.per,
        seen=min(seen, default=None),
        metric=work.metric,
        times=work.times,
        growth=growth,
    )
    programs = [each.others.get(process, each) for each in (plan.base, plan.head)] if plan else []
    modules = [each.go for each in programs] or [None, None]
    sides = BothSides(
        base=costs[0], head=costs[1], base_modules=modules[0], head_modules=modules[1]
    )
    return ComparedProfile(diff=diff, functions=functions, sides=sides)


def _costs(
    taken: Sequence[TakenProfile], sample_type: str, unit: str, work: Work
) -> list[RunCosts]:
    """Of every run that counted its work; of two of one round, the first."""
    found: dict[int, RunCosts] = {}
    for each in taken:
        costs = function_costs(each.profile, sample_type)
        factor = unit_of_work.factor(each.run, each.profile, unit, costs.sum, work)
        if factor is not None and each.run.round not in found:
            found[each.run.round] = RunCosts(
                round=each.run.round,
                costs=costs,
                factor=factor,
                quantum=quantum(each.profile, sample_type),
            )
    return list(found.values())


def _left_out(base: SideProfiles, head: SideProfiles, case: str, kind: str) -> list[Note]:
    lean = [*base.thin, *head.thin]
    broken = [*base.broken, *head.broken]
    found = []
    if lean:
        worst = min(lean, key=lambda each: each.seen / each.counted)
        thin = Note.of(
            "profile-thin",
            kind=kind,
            case=case,
            thin=len(lean),
            of=len(lean) + len(base.taken) + len(head.taken),
            seen=worst.seen,
            counted=worst.counted,
        )
        found.append(thin)
    if broken:
        data: dict[str, Scalar] = {"kind": kind, "case": case, "said": broken[0]}
        if len(broken) > 1:
            data["broken"] = len(broken)
        found.append(Note.of("profile-unreadable", **data))
    return found
