"""The view of a comparison, made from its record: the only place that reads one for the text."""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.model import MORE, Judgement, Record, Side, Verdict
from loadstone.report.common import notes as notes_module
from loadstone.report.common import units
from loadstone.report.common.commands import SAVED, again, more
from loadstone.report.common.commits import between
from loadstone.report.common.names import ShortNames, names
from loadstone.report.common.plain import plain
from loadstone.report.common.rows import ReportRow
from loadstone.report.common.sentences import sentence
from loadstone.report.comparison import footer, profiled_rounds
from loadstone.report.comparison.findings import Findings
from loadstone.report.comparison.grid import grid
from loadstone.report.comparison.headline import headline, not_judged
from loadstone.report.comparison.invalid import left_out, unjudged, void
from loadstone.report.comparison.objectives import objective_rows
from loadstone.report.comparison.profile_words import where
from loadstone.report.comparison.profiles import profile_table
from loadstone.report.comparison.rows import grouped, ranked, row, steady
from loadstone.report.comparison.scaling import scaling
from loadstone.report.comparison.setup import facts, revisions, setup
from loadstone.report.comparison.solo_and_mixed import levels, told
from loadstone.report.comparison.view import ComparisonView, ObjectiveRow, Remedy

_CHANGED = (Verdict.REGRESSION, Verdict.IMPROVEMENT)
_UNFINISHED = "the session has not ended: this is what its runs so far say"
_NAMED = 4  # metrics without a value, in one line
_QUIET = (Verdict.INCONCLUSIVE, Verdict.UNCHANGED)


def view(record: Record, *, saved: str = SAVED) -> ComparisonView:
    """Everything a report says about `record`, worded and ordered.

    `saved`: the directory that the commands it names are told.
    """
    judgement = record.judgement or Judgement(verdict=Verdict.INVALID, comparisons=())
    known = names(record.plan)
    labels = known.labels
    shared = notes_module.of_cases(judgement.comparisons)
    suite = [row(comparison, known) for comparison in judgement.suite]
    rows = [row(comparison, known, shared) for comparison in judgement.comparisons]
    empty = [item for item in rows if _empty(item)]
    rows = [item for item in rows if not _empty(item)]
    objectives = objective_rows(judgement.objectives, known)
    missed = [item for item in objectives if item.says == "missed" and item.side == Side.HEAD]
    changed = ranked([item for item in [*suite, *rows] if item.verdict in _CHANGED])
    broken = void(record.runs, known)
    scaled = scaling(judgement, known)
    says, first = not_judged(record), False
    if record.judgement:
        found = Findings(
            judgement=judgement,
            changed=changed,
            rows=rows,
            missed=missed,
            void=broken,
            measured=bool(record.runs),
            alone={run.side for run in record.runs} == {Side.HEAD},
            lead=scaled.lead,
            unmeasured=sum(item.gated for item in empty),
        )
        says, first = headline(found), found.first
    unchanged = _of(Verdict.UNCHANGED, rows=rows)
    profiles = tuple(
        profile_table(diff, known, judgement.comparisons, beside=record.profiles)
        for diff in record.profiles
    )
    component = plain(record.plan.component)
    against = "" if first else f" against {labels[Side.BASE]}"
    return ComparisonView(
        title=f"{component} {labels[Side.HEAD]}{against}",
        component=component,
        base=labels[Side.BASE],
        head=labels[Side.HEAD],
        tone=says.tone,
        says=says.says,
        headline=says.what,
        sure=says.sure,
        tally=says.tally,
        chips=says.chips,
        judged=record.judgement is not None,
        first=first,
        commits=between(record.plan.commits, labels[Side.BASE], labels[Side.HEAD]),
        grid=grid(suite, rows),
        suite=ranked(suite),
        changed=changed,
        groups=grouped(changed),
        unchanged=unchanged,
        steady=steady(unchanged),
        inconclusive=_of(Verdict.INCONCLUSIVE, rows=rows),
        invalid=_of(Verdict.INVALID, rows=rows),
        unmeasured=_unmeasured(empty),
        missed=_sorted(missed),
        objectives=_sorted(objectives),
        levels=levels(judgement.levels, known),
        scaling=scaled,
        needs=_needs(record, judgement, known, saved),
        left_out=left_out(sum(row.verdict is Verdict.INVALID for row in rows), record.runs),
        unjudged=unjudged(_of(Verdict.INVALID, rows=rows)),
        noted=notes_module.row_notes(changed),
        quiet=notes_module.row_notes(_of(*_QUIET, rows=rows)),
        void=broken,
        ungated=notes_module.plan_notes(record.plan.cases, known),
        warnings=_warnings(record, judgement, known),
        looks=_looks(judgement, len(record.plan.cases)),
        profiles=profiles,
        where=where(profiles, changed),
        setups=tuple(setup(case, known) for case in record.plan.cases),
        revisions=revisions(record.plan),
        environment=facts(record.environment.facts),
        tools=facts(record.environment.tools),
        command=again(record),
        footer=footer.lines(record),
        record=record,
    )


def _empty(item: ReportRow) -> bool:
    """Whether neither side has a value and nothing says why not: a row with nothing in it."""
    found = item.comparison
    return item.verdict is Verdict.INCONCLUSIVE and found.base is None and found.head is None


def _unmeasured(empty: Sequence[ReportRow]) -> tuple[str, ...]:
    """Rows without a value, by what they lack it in: whole cases in a few words."""
    lines: dict[str, list[str]] = {}
    for item in empty:
        lines.setdefault(item.short, []).append(item.title)
    return tuple(
        f"{short} has no value on either side of {_several(titles)}"
        for short, titles in lines.items()
    )


def _several(titles: Sequence[str]) -> str:
    if len(titles) <= _NAMED:
        return ", ".join(titles)
    return f"{', '.join(titles[:_NAMED])} and {len(titles) - _NAMED} more metrics"


def _of(*kinds: Verdict, rows: Sequence[ReportRow]) -> tuple[ReportRow, ...]:
    """The rows with one of the verdicts, those that decide first."""
    found = [item for item in rows if item.verdict in kinds]
    return tuple(sorted(found, key=lambda item: not item.gated))


def _sorted(objectives: Sequence[ObjectiveRow]) -> tuple[ObjectiveRow, ...]:
    order = {"missed": 0, "inconclusive": 1, "invalid": 2, "met": 3}
    return tuple(sorted(objectives, key=lambda item: (order.get(item.says, 4), item.side)))


def _needs(
    record: Record, judgement: Judgement, known: ShortNames, saved: str
) -> tuple[Remedy, ...]:
    """With a command where there is one: a session that goes on decides for itself.

    Against a baseline, no rounds of today add any to that day's.
    """
    another_day = any(warn.code in ("across", "baseline") for warn in judgement.warnings)
    possible = bool(record.finished) and not another_day
    return tuple(
        Remedy(
            what=f"{units.count(need.rounds, 'more round')} of "
            f"{notes_module.named(need.cases, known)}, "
            f"about {units.duration(need.seconds)}",
            command=more(saved, need.rounds) if possible else "",
        )
        for need in judgement.needs
    )


def _warnings(record: Record, judgement: Judgement, known: ShortNames) -> tuple[str, ...]:
    """Of cases, the comparison, the environment and the runs; each thing once."""
    notes = [note for run in record.runs for note in run.notes]
    chosen = [note for side in (record.plan.base, record.plan.head) for note in side.notes]
    return tuple(
        dict.fromkeys(
            [
                *([_UNFINISHED] if record.judgement and not record.finished else []),
                *told(record),
                *profiled_rounds.told(record.judgement),
                *(sentence(note) for note in chosen),
                *_waiting(judgement, known),
                *(sentence(warn) for warn in judgement.warnings),
                *(sentence(reason) for reason in record.environment.warnings),
                *notes_module.case_notes(judgement.comparisons, record.runs, known),
                *notes_module.gathered(notes, "run"),
            ]
        )
    )


def _waiting(judgement: Judgement, known: ShortNames) -> list[str]:
    """Objectives that are not held yet, and why: in a line for each reason."""
    found: dict[str, list[str]] = {}
    for each in judgement.objectives:
        for reason in each.reasons:
            found.setdefault(sentence(reason), []).append(each.case)
    return [
        f"objectives of {notes_module.named(list(dict.fromkeys(cases)), known)}: {why}"
        for why, cases in found.items()
    ]


def _looks(judgement: Judgement, cases: int) -> tuple[str, ...]:
    return tuple(
        f"after {units.count(look.rounds, 'round')}: {units.count(look.found, 'row')} flagged, "
        f"{len(look.open)} of {units.count(cases, 'case')} went on, "
        f"α spent {units.percent(look.alpha)}" + (f": {_why(look.why)}" if look.why else "")
        for look in judgement.looks
    )


def _why(why: str) -> str:
    return "more rounds were asked for" if why == MORE else plain(why)
