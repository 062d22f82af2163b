"""Command lines that measure the same again, in the words of whoever asked."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator

from loadstone.model import PLACES, CasePlan, Goal, Note, Objective, Plan, Record, Search, Side
from loadstone.report.common.plain import plain

_ALL = "*"
SAVED = "OUT"  # where nobody has said which directory a report is of
BASELINE = "baseline"  # a warning that knows how a comparison with another day was asked for


def again(record: Record) -> str:
    """The command that gives this report again; of a comparison with another day, that one."""
    warnings = record.judgement.warnings if record.judgement else ()
    for warn in warnings:
        if warn.code == BASELINE:
            return _quoted(_against(warn))
    return command(record.plan)


def more(saved: str, rounds: int) -> str:
    """The command that adds rounds to a finished run."""
    return _quoted(("loadstone", "more", saved, "--rounds", str(rounds)))


def _against(warn: Note) -> Iterator[str]:
    yield from ("loadstone", "compare", str(warn.data.get("saved", SAVED)))
    yield from ("--baseline", str(warn.data.get("baseline", "BASELINE")))
    if warn.data.get("gate"):
        yield "--gate"
    if warn.data.get("cold"):
        yield "--cold"
    if warn.data.get("store"):
        yield from ("--store", str(warn.data["store"]))
    if warn.data.get("config"):
        yield from ("--config", str(warn.data["config"]))


def _quoted(words: Iterable[str]) -> str:
    return " ".join(shlex.quote(plain(word)) for word in words)


def command(plan: Plan) -> str:
    """The command of a comparison; of a plan that does not know what was asked, by its names."""
    return _quoted(_words(plan))


def _words(plan: Plan) -> Iterator[str]:
    yield from ("loadstone", "run")
    yield from _config(plan)
    for scenario in plan.scenarios or dict.fromkeys(case.case.scenario for case in plan.cases):
        yield from ("--scenario", scenario)
    yield from ("--component", plan.asked or plan.component)
    yield from ("--base", plan.base.asked, "--head", plan.head.asked)
    yield from ("--provider", plan.provider, "--tier", plan.tier)
    yield from _place(plan)
    if plan.selected != _ALL or plan.config:
        yield from ("--case", plan.selected)
    if plan.generator:
        yield from ("--generator", plan.generator)
    yield from ("--seed", str(plan.seed))
    if plan.shard is not None:
        yield from ("--shard", str(plan.shard))
    yield from _policy(plan)


def _config(plan: Plan) -> Iterator[str]:
    if plan.config:
        yield from ("--config", plan.config)


def _place(plan: Plan) -> Iterator[str]:
    if plan.place != PLACES[0] or plan.config:  # whose file may say otherwise by now
        yield from ("--place", plan.place)


def _policy(plan: Plan) -> Iterator[str]:
    policy = plan.policy
    yield from ("--alpha", f"{policy.alpha:g}", "--looks", ",".join(map(str, policy.looks)))
    if policy.goal is not Goal.DETECT or plan.config:  # whose file may say otherwise by now
        yield from ("--goal", policy.goal.value)
    if policy.budget is not None:
        yield from ("--budget", f"{policy.budget / 60:g}")
    if policy.certain or plan.config:
        yield "--certain" if policy.certain else "--no-certain"


def search_command(plan: Plan) -> str:
    """The command of a search for redlines, with everything said that it would choose itself."""
    return _quoted(_search_words(plan))


def _search_words(plan: Plan) -> Iterator[str]:
    search = plan.search
    yield from ("loadstone", "redline")
    yield from _config(plan)
    for scenario in plan.scenarios:
        yield from ("--scenario", scenario)
    yield from ("--component", plan.asked or plan.component)
    if search is None or Side.BASE in search.sides:
        yield from ("--base", plan.base.asked)
    yield from ("--head", plan.head.asked)
    if search is not None and plan.cases:
        yield from _sizes(search, plan.cases[0])
    yield from ("--provider", plan.provider, "--tier", plan.tier)
    yield from _place(plan)
    if plan.generator:
        yield from ("--generator", plan.generator)
    yield from ("--seed", str(plan.seed), "--alpha", f"{plan.policy.alpha:g}")
    if plan.policy.budget is not None:
        yield from ("--budget", f"{plan.policy.budget / 60:g}")
    if plan.policy.certain:
        yield "--certain"


def _sizes(search: Search, case: CasePlan) -> Iterator[str]:
    yield from ("--axis", search.axis)
    yield from ("--from", f"{search.sizes[0]:.15g}", "--to", f"{search.sizes[-1]:.15g}")
    yield from ("--precision", f"{search.precision:g}")
    yield from ("--repeats", f"{search.least},{search.most}")
    for axis, value in case.case.axes.items():
        if axis != search.axis:
            yield from ("--at", f"{axis}={value}")
    for objective in case.objectives:
        yield from ("--objective", _objective(objective))


def _objective(objective: Objective) -> str:
    sign, value = (
        ("<=", objective.at_most) if objective.at_most is not None else (">=", objective.at_least)
    )
    return f"{objective.metric}{sign}{value:.15g}"
