"""The setup of a search in words: its scenario, its sizes, its revisions."""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.model import RedlineRecord, Revision, Search, Side
from loadstone.report.common import units, words
from loadstone.report.common.facts import Fact
from loadstone.report.common.plain import plain


def setup(record: RedlineRecord, search: Search) -> list[Fact]:
    """What was searched, at which values of the other axes, how often and how long."""
    case = record.plan.cases[0] if record.plan.cases else None
    axes = case.case.axes if case else {}
    sizes = f"{len(search.sizes)} from {search.sizes[0]:g} to {search.sizes[-1]:g}"
    facts = [
        Fact(name="scenario", value=plain(case.case.scenario if case else "")),
        Fact(name="searched", value=f"{plain(search.axis)}, {sizes}"),
        *(
            Fact(name=plain(axis), value=words.scalar(value))
            for axis, value in axes.items()
            if axis != search.axis
        ),
        Fact(name="precision", value=units.percent(search.precision)),
        Fact(name="runs of a size", value=f"{search.least} to {search.most}"),
    ]
    if case is not None:
        window = f"{case.warmup:g} + {case.window:g} s" if case.window else "until done"
        facts.append(Fact(name="warm-up + window", value=window))
    return facts


def revision(record: RedlineRecord, side: Side) -> Sequence[Fact]:
    """What is known of the revision of one side."""
    each: Revision = record.plan.base if side is Side.BASE else record.plan.head
    shown = {
        "asked": each.asked,
        "revision": each.label,
        "version": each.version,
        "commit": each.commit,
        "taken from": each.ref,
        "subject": each.subject,
        "digest": each.digest[:16],
    }
    return [Fact(name=name, value=plain(value)) for name, value in shown.items() if value]
