"""The view of a search for redlines, made from its record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from loadstone.model import Bracket, Metric, Objective, RedlineRecord, Search, Side
from loadstone.report.common import units, words
from loadstone.report.common.commands import search_command
from loadstone.report.common.commits import between
from loadstone.report.common.facts import Fact
from loadstone.report.common.metrics import title
from loadstone.report.common.plain import plain
from loadstone.report.common.revisions import named
from loadstone.report.common.sentences import sentence
from loadstone.report.common.tones import Tone
from loadstone.report.redline.setup import revision, setup
from loadstone.report.redline.size_rows import step_row
from loadstone.report.redline.view import RedlineView, SideRow
from loadstone.report.redline.wording import (
    RedlineFindings,
    headline,
    left_open,
    redline,
    says,
    sure,
    unlike_the_component,
)


def view(record: RedlineRecord) -> RedlineView:
    """Everything a report says about a search, worded and ordered."""
    search = _search(record)
    objectives = [bound(each, _metrics(record)) for each in _objectives(record)]
    found = RedlineFindings(
        redlines=record.redlines,
        search=search,
        objectives=" and ".join(objectives),
        metrics=_metrics(record),
    )
    tone, word = says(found)
    component, labels = plain(record.plan.component), _labels(record)
    versus = " against ".join([labels[side] for side in reversed(search.sides)])
    brackets = record.redlines.brackets
    return RedlineView(
        title=f"{component} {versus}",
        component=component,
        base=labels.get(Side.BASE, ""),
        head=labels[Side.HEAD],
        tone=tone,
        says=word,
        headline=headline(found),
        sure=sure(found),
        commits=between(record.plan.commits, labels.get(Side.BASE, ""), labels[Side.HEAD]),
        sides=[_side(found, each, labels[each.side]) for each in brackets],
        open=[line for each in brackets for line in left_open(found, each)],
        steps=[step_row(found, each, step) for each in brackets for step in each.steps],
        setup=[
            *(Fact(name="objective", value=each) for each in objectives),
            *setup(record, search),
        ],
        revisions=[(side.value, revision(record, side)) for side in search.sides],
        environment=[
            Fact(name=plain(name), value=words.scalar(value))
            for name, value in {**record.environment.facts, **record.environment.tools}.items()
        ],
        warnings=_warnings(record, search),
        command=search_command(record.plan),
        footer=_footer(record),
        record=record,
    )


def bound(objective: Objective, metrics: Mapping[str, Metric]) -> str:
    """An objective in words: `p99 latency ≤ 30 ms`."""
    metric = metrics.get(objective.metric)
    name, unit = (title(metric), metric.unit) if metric else (plain(objective.metric), "1")
    sign, value = ("≤", objective.at_most) if objective.at_most is not None else ("≥", None)
    value = objective.at_least if value is None else value
    return f"{name} {sign} {units.exact(unit, value if value is not None else 0.0)}"


def _search(record: RedlineRecord) -> Search:
    if record.plan.search is None:
        raise ValueError("this record is of no search")
    return record.plan.search


def _objectives(record: RedlineRecord) -> Sequence[Objective]:
    return record.plan.cases[0].objectives if record.plan.cases else ()


def _metrics(record: RedlineRecord) -> Mapping[str, Metric]:
    return {each.name: each for case in record.plan.cases[:1] for each in case.metrics}


def _labels(record: RedlineRecord) -> dict[Side, str]:
    both = {Side.BASE: record.plan.base, Side.HEAD: record.plan.head}
    return {side: named(both[side]) for side in _search(record).sides}


def _side(found: RedlineFindings, bracket: Bracket, label: str) -> SideRow:
    runs = sum(len(step.trials) for step in bracket.steps)
    sizes = units.count(len(bracket.steps), "size")
    return SideRow(
        side=bracket.side.value,
        revision=label,
        redline=redline(found, bracket),
        met=found.size(bracket.met),
        missed=found.size(bracket.missed),
        runs=f"{units.count(runs, 'run')} of {sizes}",
        tone=_side_tone(bracket),
    )


def _side_tone(bracket: Bracket) -> Tone:
    if bracket.met is None and bracket.missed is None:
        return Tone.VOID
    known = bracket.why in ("", "to") or bracket.about is not None
    return Tone.CALM if known else Tone.UNSURE


def _warnings(record: RedlineRecord, search: Search) -> list[str]:
    sides = {Side.BASE: record.plan.base, Side.HEAD: record.plan.head}
    told = [sentence(note) for side in search.sides for note in sides[side].notes]
    if unlike_the_component(record.redlines.brackets):
        told.append(
            "A redline ends here where something else than the component was the limit: it is"
            " at least what is shown. More cores, or another --generator, would tell more."
        )
    thin: dict[str, list[str]] = {}
    for case in record.plan.cases:
        size = units.quantity(search.unit, float(case.case.axes[search.axis]))
        for note in case.notes:
            if note.code == "few-requests":
                thin.setdefault(sentence(note), []).append(size)
    told += [f"At {', '.join(sizes)}: {text}" for text, sizes in thin.items()]
    return told + [sentence(reason) for reason in record.environment.warnings]


def _footer(record: RedlineRecord) -> tuple[str, ...]:
    trials = [
        trial
        for bracket in record.redlines.brackets
        for step in bracket.steps
        for trial in step.trials
    ]
    silent = sum(trial.excess is None for trial in trials)
    left_out = f", {silent} of them say nothing" if silent else ""
    environment = record.environment
    told = (
        f"{units.count(len(trials), 'run')}{left_out}",
        _time(record),
        f"α {units.percent(record.redlines.alpha)}",
        f"provider {plain(environment.provider)}, tier {plain(record.plan.tier)}",
        f"seed {record.plan.seed}",
        f"Loadstone {plain(environment.harness)}",
        f"environment {plain(environment.key[:16])}" if environment.key else "",
    )
    return tuple(line for line in told if line)


def _time(record: RedlineRecord) -> str:
    try:
        begin = datetime.fromisoformat(record.started)
        took = (datetime.fromisoformat(record.finished) - begin).total_seconds()
    except (ValueError, TypeError):
        return f"{units.duration(record.seconds)} of measuring"
    return f"{units.duration(took)} on {plain(record.started[:10])}"
