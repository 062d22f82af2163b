"""Preparation of a bisection: one case and metric, the range of commits, what it will cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from loadstone import formats
from loadstone.errors import UsageError
from loadstone.flows import output_directory
from loadstone.flows.judge import judged
from loadstone.flows.planned_files import bind, read_files
from loadstone.flows.prepare import plan_of, policy, require_pairs
from loadstone.flows.prepared_job import Job
from loadstone.flows.request import Request
from loadstone.flows.revision_programs import require_reachable, say, sourced
from loadstone.flows.settings import cache_directory, tool_paths
from loadstone.model import (
    CasePlan,
    Commit,
    Comparison,
    Direction,
    Metric,
    Plan,
    Policy,
    Side,
    Verdict,
)
from loadstone.model.bisect import BisectCost
from loadstone.model.events import Watch, progress, silent
from loadstone.model.plan import PODS
from loadstone.stats.bisect.commit_search import SearchTerms
from loadstone.stats.bisect.pairs import of_change

LOOKS = (4, 6, 9, 13, 20, 30)  # pairs of a commit, unless others are asked for


@dataclass(frozen=True, kw_only=True)
class BisectRequest:
    """A bisection as `loadstone bisect` is asked for it: `base` is the good end, `head` the bad."""

    request: Request
    metric: str


@dataclass(frozen=True, kw_only=True)
class BisectJob:
    """A bisection that is ready to be measured: the job of its ends, and the range between them."""

    job: Job
    metric: Metric
    commits: Sequence[Commit]
    terms: SearchTerms

    @property
    def case(self) -> CasePlan:
        return self.job.plan.cases[0]

    @property
    def cost(self) -> BisectCost:
        """What it will cost, at least and at most; builds come on top."""
        terms = self.terms
        return BisectCost(
            commits=terms.commits,
            fewest=terms.fewest,
            most=terms.allowed,
            fewest_pairs=terms.fewest * terms.looks[0],
            most_pairs=terms.allowed * terms.looks[-1],
            pair=len(Side) * self.case.estimate,
            builds=terms.allowed + 1,
        )


def flagged(saved: Path) -> dict[str, str]:
    """The flags for what a saved comparison flagged: its regression of the most margins.

    Raises `UsageError` where it flagged none, or its ends are no commits.
    """
    record = judged(output_directory.load(saved))
    rows = record.judgement.comparisons if record.judgement else ()
    found = [row for row in rows if row.metric.gated and row.verdict is Verdict.REGRESSION]
    if not found:
        raise UsageError(
            f"{saved} has no gated regression", next_step="name --case and --metric yourself"
        )
    row, plan = max(found, key=_margins), record.plan
    scenario = next(each.case.scenario for each in plan.cases if each.case.name == row.case)
    return {
        "good": f"build:{plan.base.commit}" if plan.base.commit else plan.base.asked,
        "bad": f"build:{plan.head.commit}" if plan.head.commit else plan.head.asked,
        "scenario": plan.scenarios[0] if len(plan.scenarios) == 1 else scenario,
        "component": plan.asked or plan.component,
        "case": row.case,
        "metric": row.metric.name,
        "provider": plan.provider,
        "place": plan.place,
        "tier": plan.tier,
        "generator": plan.generator,
    }


def _margins(row: Comparison) -> float:
    size = abs(row.change.estimate) if row.change else 0.0
    return size / row.metric.margin if row.metric.margin else size


def prepare(wanted: BisectRequest, *, watch: Watch = silent) -> BisectJob:
    """Read the files, find both ends and the commits between them; nothing is built yet.

    Raises `UsageError` for ends that are no commits, or a case or metric that is not there.
    """
    from loadstone.component.revisions.resolve import commits_from, find

    request = wanted.request
    job = sketched(request)
    cache, tell = cache_directory(request.config), progress(watch)
    tools, component = tool_paths(request.config), sourced(job.component, request.place)
    good, bad = (
        find(
            component,
            each.asked,
            each.side,
            cache=cache,
            image_ok=request.place == PODS,
            progress=tell,
            tools=tools,
        )
        for each in (job.plan.base, job.plan.head)
    )
    require_reachable(good, request)
    for each in (good, bad):
        say(each.notes, tell)
    commits = commits_from(job.component, good, bad, cache=cache)
    if not commits:
        raise UsageError(
            "there is no commit between the good and the bad end", next_step="name two commits"
        )
    plan = replace(job.plan, base=good, head=bad)
    return over(replace(job, plan=plan), wanted.metric, commits)


def over(job: Job, metric: str, commits: Sequence[Commit]) -> BisectJob:
    """The search of a job of one case over commits, at least one.

    Raises `UsageError` for a metric that is not there.
    """
    found = _metric(job.plan.cases[0], metric)
    terms = SearchTerms(
        commits=len(commits),
        looks=job.plan.policy.looks,
        margin=of_change(found.margin),
        alpha=job.plan.policy.alpha,
    )
    return BisectJob(job=job, metric=found, commits=commits, terms=terms)


def sketched(request: Request) -> Job:
    """The job of the one case, with ends that are not looked up yet. Raises `UsageError`."""
    component, scenarios = read_files(request)
    cases, notes = bind(scenarios, component, request)
    if len(cases) != 1:
        names = ", ".join(case.case.name for case in cases) or "none"
        raise UsageError(
            "a bisection is of one case", next_step=f"choose one with --case; there are: {names}"
        )
    require_pairs(component, cases, request)
    tiers = [scenario.tiers[request.tier] for scenario in scenarios]
    asked = replace(policy(request, tiers), looks=tuple(request.looks or LOOKS))
    return Job(
        plan=_plan(request, component, cases, replace(asked, budget=request.budget)),
        component=component,
        notes=notes,
    )


def _plan(
    request: Request, component: formats.Component, cases: Sequence[CasePlan], asked: Policy
) -> Plan:
    """The plan without objectives, which a bisection does not look at."""
    return plan_of(request, component, [replace(each, objectives=()) for each in cases], asked)


def _metric(case: CasePlan, name: str) -> Metric:
    known = {each.name: each for each in case.metrics if each.direction is not Direction.NONE}
    if name not in known:
        raise UsageError(
            f"{case.case.name} has no metric {name!r:.80} that is good or bad",
            next_step=f"choose --metric from: {', '.join(known)}",
        )
    return known[name]
