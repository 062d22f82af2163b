"""Fitting cases to the component they will be run on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from loadstone.errors import UsageError
from loadstone.model import CasePlan, Reason
from loadstone.plan.quantities import alias
from loadstone.spec import Component


def fit(cases: Sequence[CasePlan], component: Component) -> tuple[list[CasePlan], list[Reason]]:
    """The cases without the metrics that this component cannot give, and a note for each of these.

    Raises `UsageError` if a scenario is for another role than the component's.
    """
    misfits = {case.case.scenario: case.role for case in cases if case.role != component.role}
    if misfits:
        scenario, role = next(iter(misfits.items()))
        raise UsageError(
            f"the scenario `{scenario}` is for the role `{role}`, and the component"
            f" `{component.component}` has the role `{component.role}`",
            next_step="choose a component or a scenario of the same role",
        )
    missing = {
        (case.case.scenario, name): wanted
        for case in cases
        for name, source in case.sources.items()
        for wanted in (source.quantity, source.per)
        if alias(wanted) and alias(wanted) not in component.scrape
    }
    notes = [_note(metric, wanted, component) for (_, metric), wanted in missing.items()]
    return [_without(case, missing) for case in cases], list(dict.fromkeys(notes))


def _note(metric: str, wanted: str, component: Component) -> Reason:
    text = f"{metric} is left out: `{component.component}` has no scrape alias `{alias(wanted)}`"
    return Reason(code="metric-not-offered", text=text)


def _without(case: CasePlan, missing: dict[tuple[str, str], str]) -> CasePlan:
    gone = {metric for scenario, metric in missing if scenario == case.case.scenario}
    return replace(
        case,
        metrics=[metric for metric in case.metrics if metric.name not in gone],
        objectives=[one for one in case.objectives if one.metric not in gone],
        sources={name: source for name, source in case.sources.items() if name not in gone},
    )
