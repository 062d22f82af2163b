"""The setup of a comparison in words: its cases, its revisions, its environment."""

from __future__ import annotations

from collections.abc import Mapping

from loadstone.model import CasePlan, Design, Plan, Revision
from loadstone.report.common import units, words
from loadstone.report.common.facts import Fact
from loadstone.report.common.metrics import title
from loadstone.report.common.names import ShortNames
from loadstone.report.common.plain import plain
from loadstone.report.comparison.view import CaseSetup, RevisionFact


def setup(case: CasePlan, known: ShortNames) -> CaseSetup:
    """One case: its axes, its window, what is measured."""
    axes = [
        Fact(name=plain(axis), value=_axis(value, case.scale.get(axis)))
        for axis, value in case.case.axes.items()
    ]
    window = f"{units.duration(case.window)} window" if case.window else "as long as its steps take"
    warmup = f"{units.duration(case.warmup)} warm-up, " if case.warmup else ""
    return CaseSetup(
        case=plain(case.case.name),
        short=known.short(case.case.name),
        axes=tuple(axes),
        window=warmup + window + _design(case),
        metrics=", ".join(title(metric) for metric in case.metrics),
    )


def _design(case: CasePlan) -> str:
    if case.design is Design.SOLO:
        return ""
    return f"; mixed pairs, {units.percent(case.solo)} of rounds solo: {plain(case.because)}"


def _axis(value: object, factor: float | None) -> str:
    shown = words.scalar(value) if isinstance(value, str | int | float) else plain(value)
    if factor is None or factor == 1:
        return shown
    return f"{shown} (full size × {factor:g})"


def revisions(plan: Plan) -> tuple[RevisionFact, ...]:
    """What is known of the revision on each side."""
    base, head = plan.base, plan.head
    known = (
        ("revision", base.label, head.label),
        ("asked for", base.asked, head.asked),
        ("version", base.version, head.version),
        ("commit", base.commit, head.commit),
        ("taken from", base.ref, head.ref),
        ("subject", base.subject, head.subject),
        ("source", base.source, head.source),
        ("published as", base.origin, head.origin),
        ("image", base.image, head.image),
        ("digest", base.digest, head.digest),
        *(
            (f"its {name}", _held(base.others.get(name)), _held(head.others.get(name)))
            for name in dict.fromkeys((*base.others, *head.others))
        ),
    )
    return tuple(
        RevisionFact(name=name, base=plain(before), head=plain(after))
        for name, before, after in known
        if before or after
    )


def _held(program: Revision | None) -> str:
    """The program of another process of the component: its revision, and what it says of itself."""
    if program is None:
        return ""
    return f"{program.label} ({program.version})" if program.version else program.label


def facts(pairs: Mapping[str, object]) -> tuple[Fact, ...]:
    """Names and values from outside, as a report shows them."""
    return tuple(
        Fact(
            name=plain(name),
            value=words.scalar(value) if isinstance(value, str | int | float) else plain(value),
        )
        for name, value in pairs.items()
    )
