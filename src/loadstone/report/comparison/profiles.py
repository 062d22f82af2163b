"""Profile diffs as tables: which functions changed, by how much for each unit of work, and why."""

from __future__ import annotations

import re
from collections.abc import Sequence

from loadstone.model import Comparison, ProfileDiff, ProfilePath, ProfileRow
from loadstone.model.profile_kinds import of_process, parted
from loadstone.report.common import units
from loadstone.report.common.metrics import title
from loadstone.report.common.names import ShortNames
from loadstone.report.common.plain import plain
from loadstone.report.common.rows import CostInside, ProfileLine, ProfileTable

_TOP = 15
_WIDEST = 120
_ALL = (0.9, 1.15)  # of a metric's change, that a function is called all of it
_LEAST = 0.1  # of the change of all functions: less of a dependency is not worth a word
_PART = 0.02  # of a function's own cost: less of the machine room is not worth a word
_WAYS, _CALLERS = 2, 3  # call paths that are shown, and callers of each
_PARTS = 2  # of the machine room that are named
_RUN = "run"
_HOLDERS, _WAITERS, _LOCKS, _MOSTLY = "mutex", "block", "locks", 0.5
_SAYS = {
    _HOLDERS: "how long others waited, by the function that held what they waited for",
    _WAITERS: "how long each waited, by the function that waited",
    "goroutine": "how many there are, by the function in which they wait",
}
_TABLES = re.compile(r"\.init(\.\d+)?$")  # of a package's variables, as Go names them
_AT_START = "as the program starts"
_REACH = {
    "touched": "changed between the revisions",
    "file": "other lines of its file changed",
    "calls": "calls what changed",
    "none": "nothing in its stacks changed",
}


def profile_table(
    diff: ProfileDiff,
    names: ShortNames,
    rows: Sequence[Comparison] = (),
    *,
    beside: Sequence[ProfileDiff] = (),
    most: int = _TOP,
) -> ProfileTable:
    """The `most` functions that changed most, what each costs a side, and the change.

    `rows`: of the judgement, in whose change a function has its part. `beside`: the other diffs of
    the report, of which that of who waited tells more of locks.
    """
    metric = _metric(diff, rows)
    unit = unit_of_work(diff.per)
    told = [row for row in diff.rows if not _another_way(row)]
    leading = _leading(diff, metric)
    return ProfileTable(
        case=plain(diff.case),
        short=names.short(diff.case),
        kind=plain(kind(diff)),
        unit=unit,
        lead=_toolchain(diff) + _lead(diff, metric, beside),
        way=0 if leading is None else sign(_moved_by(leading)),
        note=_note(diff, unit, len(told) - most),
        lines=tuple(_line(row, diff) for row in told[:most]),
        diff=diff,
    )


def kind(diff: ProfileDiff) -> str:
    """What a diff is of: a kind of profile, or its growth."""
    sort, process = parted(diff.kind)
    return of_process(f"{sort} growth", process) if diff.growth else diff.kind


def unit_of_work(per: str) -> str:
    """What a quantity counts, in the singular: `request` of `load.requests`; a run of none."""
    parts = per.removesuffix(".count").split(".")  # of `change.count` a change
    name = parts[1] if len(parts) > 2 else parts[-1]
    noun = plain(name.replace("_", " "), most=40)
    return noun.removesuffix("s") or _RUN


def moved(row: ProfileRow) -> bool:
    """Whether a function's cost changed beyond noise, its own or with what it calls.

    Records of before this was judged have an interval alone.
    """
    if row.base is None:
        return row.low is not None and row.high is not None and (row.low > 0 or row.high < 0)
    return row.changed or row.total_changed


def short(function: str) -> str:
    """A function's name without the path of its package; of its file the last part stays."""
    name, beside, file = function.partition(" (")
    if beside and file.endswith(")"):
        return f"{name} ({file.rpartition('/')[2]}"
    head, bracket, rest = function.partition("[")
    return f"{head.rpartition('/')[2]}{bracket}{rest}" if head else function


def _note(diff: ProfileDiff, unit: str, left: int) -> str:
    """What the profile is, and how many functions have no row here; `left`: that changed less."""
    base, head = units.quantities(diff.unit, [diff.base_total, diff.head_total])
    ways = sum(map(_another_way, diff.rows))
    note = (
        f"{base} per {unit} on the base, {head} on the head, {units.count(diff.runs, 'run')} a side"
    )
    says = _SAYS.get(parted(diff.kind)[0])
    if says:
        note += f"; {says}"
    if diff.growth:
        note += "; what came in the window and stayed"
    if diff.by:
        note += f"; compared by {plain(diff.by)}, which is what these profiles hold"
    if diff.seen is not None and diff.seen < 1:
        seen = units.percent(diff.seen)
        note += f"; scaled to the kernel's CPU time, of which a profile saw {seen} or more"
    if diff.toolchain and not diff.same_code:
        note += f"; built by another toolchain, {plain(diff.toolchain)}"
    if left > 0:
        note += f"; {units.count(left, 'more function')} changed less"
    if ways:
        only = "only passes" if ways == 1 else "only pass"
        note += f"; {units.count(ways, 'function')} of one side alone {only} calls on"
    if diff.thin:
        were = "was" if diff.thin == 1 else "were"
        note += f"; {units.count(diff.thin, 'function')} {were} sampled too rarely to compare"
    return note


def _lead(diff: ProfileDiff, metric: Comparison | None, beside: Sequence[ProfileDiff] = ()) -> str:
    """One line of words: the function that changed most, and its part in the metric's change."""
    found = _leading(diff, metric)
    if found is None:
        judged = [row for row in diff.rows if row.base is not None]
        return "no function changed beyond noise" if judged else ""
    caller = f" in `{plain(short(found.caller))}`" if found.caller else ""
    name = plain(short(found.function), most=_WIDEST)
    if _another_way(found):
        return f"no function that both sides have; calls go another way, as through `{name}`"
    what = f"`{name}`{caller}"
    if parted(diff.kind)[0] == _HOLDERS:
        what = f"contention{_waiting(diff, beside)}, held by {what}"
    return f"{what}: {_change(diff, found, metric)}{_dependency(diff)}"


def _leading(diff: ProfileDiff, metric: Comparison | None) -> ProfileRow | None:
    """The function that changed most the way that all together did, or else that changed most."""
    found = [row for row in diff.rows if row.base is not None and moved(row)]
    whole = metric.difference if metric and metric.difference else diff.head_total - diff.base_total
    along = (row for row in found if not _another_way(row) and sign(_moved_by(row)) == sign(whole))
    return next(along, next(iter(found), None))


def _moved_by(row: ProfileRow) -> float:
    return (row.delta if row.changed else row.total_delta) or 0.0


def sign(value: float) -> int:
    """1, −1, or 0."""
    return (value > 0) - (value < 0)


def _waiting(diff: ProfileDiff, beside: Sequence[ProfileDiff]) -> str:
    """The function that waits for locks longer or shorter than before, from the profile of waits.

    That of locks has only the stacks that let go of them.
    """
    process = parted(diff.kind)[1]
    waits = (
        row
        for each in beside
        if each.case == diff.case and parted(each.kind) == (_WAITERS, process)
        for row in each.rows
        if row.changed and row.rooms.get(_LOCKS, 0.0) >= _MOSTLY
    )
    row = next(waits, None)
    return f" in `{plain(short(row.function), most=_WIDEST)}`" if row else ""


def _another_way(row: ProfileRow) -> bool:
    """Whether a function of one side alone spends nothing itself: others are called through it."""
    one_sided = row.base is not None and 0 in (row.base_total, row.head_total)
    return one_sided and not row.changed and row.total_changed


def _dependency(diff: ProfileDiff) -> str:
    """The dependency whose functions changed most together, where it is more than one of them."""
    found: dict[str, list[float]] = {}
    for row in diff.rows:
        if row.changed and row.module:
            found.setdefault(row.module, []).append(row.delta)
    several = {name: each for name, each in found.items() if len(each) > 1}
    if not several:
        return ""
    name, deltas = max(several.items(), key=lambda each: abs(sum(each[1])))
    share = _of_all(diff, sum(deltas))
    if share is None or not _LEAST <= share <= _ALL[1]:
        return ""
    return (
        f"; {plain(name)}: {units.difference(diff.unit, sum(deltas))} in "
        f"{units.count(len(deltas), 'function')}, {units.percent(min(share, 1.0))} of the change"
    )


def _of_all(diff: ProfileDiff, change: float) -> float | None:
    """The part of the change of all functions together; None where there is none."""
    whole = diff.head_total - diff.base_total
    return change / whole if whole else None


def _toolchain(diff: ProfileDiff) -> str:
    """What changed where the code did not, before what that did."""
    if not diff.toolchain or not diff.same_code:
        return ""
    return f"the toolchain changed, {plain(diff.toolchain)}, and not the code: "


def change_in_words(diff: ProfileDiff, row: ProfileRow, rows: Sequence[Comparison]) -> str:
    """The change of a function, and its part in that of the metric that all of them make up."""
    return _change(diff, row, _metric(diff, rows))


def _change(diff: ProfileDiff, row: ProfileRow, metric: Comparison | None) -> str:
    change = row.delta if row.changed else row.total_delta
    inside = "" if row.changed else " with all that it calls"
    said = units.difference(diff.unit, change or 0.0)
    return f"{said} per {unit_of_work(diff.per)}{inside}{_part(diff, change, metric)}"


def _part(diff: ProfileDiff, change: float | None, metric: Comparison | None) -> str:
    """The place of a function in the change of the metric that all of them make up."""
    if change is None:
        return ""
    if metric is None:
        return _part_of_state(diff, change)
    if not metric.difference:
        return ""
    name = plain(title(metric.metric))
    whole = metric.difference / diff.times
    share = change / whole
    if _ALL[0] <= share <= _ALL[1]:
        return f", all of the change of {name}"
    if share < 0 or share > _ALL[1]:
        return f", where {name} changed by {units.difference(diff.unit, whole)}"
    return f" of the {units.difference(diff.unit, whole)} of {name}"


def _part_of_state(diff: ProfileDiff, change: float) -> str:
    """The place of a function in the change of all that is held, which is no metric's alone."""
    share = None if diff.per or diff.metric else _of_all(diff, change)
    if share is None or not 0 < share <= _ALL[1]:
        return ""
    if share >= _ALL[0]:
        return ", all of the change"
    whole = diff.head_total - diff.base_total
    return f" of the {units.difference(diff.unit, whole)} of all functions"


def _metric(diff: ProfileDiff, rows: Sequence[Comparison]) -> Comparison | None:
    found = (
        row
        for row in rows
        if (row.case, row.metric.name, row.metric.unit) == (diff.case, diff.metric, diff.unit)
    )
    return next(found, None) if diff.metric else None


def _line(row: ProfileRow, diff: ProfileDiff) -> ProfileLine:
    unit = diff.unit
    base, head = units.percent(row.base_self), units.percent(row.head_self)
    if row.base is not None and row.head is not None:
        base, head = units.quantities(unit, [row.base, row.head])
    return ProfileLine(
        function=plain(row.function, most=_WIDEST),
        base=base,
        head=head,
        delta=units.UNKNOWN
        if row.base == row.head == 0  # nobody ever saw it itself
        else _delta(row.delta, row.low, row.high, unit),
        total=""
        if row.total_delta is None
        else _delta(row.total_delta, row.total_low, row.total_high, unit),
        about=_about(row, unit),
        moved=moved(row),
        by_calls=_inside(row, diff) if row.total_changed and not row.changed else None,
    )


def _inside(row: ProfileRow, diff: ProfileDiff) -> CostInside | None:
    if row.base_total is None or row.head_total is None:
        return None
    costs = [row.base_total * diff.base_total, row.head_total * diff.head_total]
    base, head = units.quantities(diff.unit, costs)
    return CostInside(base=base, head=head)


def _about(row: ProfileRow, unit: str) -> str:
    """What is known of a function: for what its cost was, whose it is, where, and who called it."""
    if row.function.startswith("["):  # the name says all of it
        return ""
    rooms = sorted(row.rooms.items(), key=lambda each: -each[1])
    parts = [f"{units.percent(share)} {plain(room)}" for room, share in rooms if share >= _PART]
    found = parts[:_PARTS]
    if row.was:
        found.append(f"moved from {plain(row.was, most=_WIDEST)}")
    whose = row.module or (row.origin if row.origin != "component" else "")
    found += [plain(whose)] if whose else []
    ways = _ways(row, unit)
    found += ways or ([f"from {plain(short(row.caller), most=_WIDEST)}"] if row.caller else [])
    found += [place(row)] if row.file else []
    found += [_reach(row)] if row.reach in _REACH else []
    return " · ".join(found)


def _ways(row: ProfileRow, unit: str) -> list[str]:
    """The ways in which a function was called; of one that nothing calls there is nothing to say.

    That is the outermost function of a goroutine or a thread, or the tables of a package, which Go
    makes as the program starts.
    """
    lone = len(row.paths) == 1 and not row.paths[0].callers
    made = _TABLES.search(row.function) and not row.caller
    if row.paths and not lone:
        return [_way(each, row, unit) for each in row.paths[:_WAYS]]
    return [_AT_START] if made else []


def _way(path: ProfilePath, row: ProfileRow, unit: str) -> str:
    """A way in which a function was called, by its last callers, and what changed there."""
    change = units.difference(unit, path.delta)
    if not path.callers:
        return f"{change} {_AT_START if _TABLES.search(row.function) else 'as outermost function'}"
    last = " → ".join(plain(short(each), most=_WIDEST) for each in path.callers[-_CALLERS:])
    rest = "… → " if len(path.callers) > _CALLERS else ""
    return f"{change} from {rest}{last}"


def _reach(row: ProfileRow) -> str:
    """How the change comes to a function, and by which commits."""
    commits = " and ".join(plain(each[:7], most=40) for each in row.commits)
    return f"{_REACH[row.reach]}{' by ' if commits else ''}{commits}"


def place(row: ProfileRow) -> str:
    """The file and line of a function: the last two parts of the path, which a reader knows."""
    name = plain("/".join(row.file.replace("\\", "/").split("/")[-2:]), most=_WIDEST)
    return f"{name}:{row.line}" if row.line else name


def _delta(value: float, low: float | None, high: float | None, unit: str) -> str:
    return f"{units.arrow(value)} {units.difference(unit, value, low, high)}"
