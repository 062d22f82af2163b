"""Preparation of a comparison: the plan of a request, and its revisions made programs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from loadstone import formats
from loadstone.cluster.provider import provider
from loadstone.errors import InvalidFile
from loadstone.flows.files import component_source
from loadstone.flows.planned_files import bind, read_files
from loadstone.flows.prepared_job import Job
from loadstone.flows.request import Request
from loadstone.flows.revision_programs import resolved
from loadstone.model import CasePlan, Design, Plan, Policy, Revision, Side
from loadstone.model.events import Watch, silent
from loadstone.model.plan import PODS
from loadstone.plan.shards import part
from loadstone.stats.comparison import too_few_rounds


def prepare(request: Request, *, watch: Watch = silent) -> Job:
    """Read the files, bind the cases and resolve both revisions to programs."""
    return resolved(sketch(request), request, watch=watch)


def sketch(request: Request) -> Job:
    """Plan without resolving programs: nothing is downloaded, started or written."""
    component, scenarios = read_files(request)
    cases, notes = bind(scenarios, component, request)
    require_pairs(component, cases, request)
    tiers = [scenario.tiers[request.tier] for scenario in scenarios]
    plan = plan_of(request, component, cases, policy(request, tiers))
    blind = too_few_rounds.warning(part(plan))
    return Job(plan=plan, component=component, notes=[*notes, *([blind] if blind else [])])


def require_pairs(
    component: formats.Component, cases: Sequence[CasePlan], request: Request
) -> None:
    """Raise `InvalidFile` for what cannot be there twice, where both sides are in one cluster."""
    from loadstone.formats.yaml_text import read
    from loadstone.plan import places

    if request.place != PODS or all(case.design is Design.SOLO for case in cases):
        return
    source = component_source(request.component, request.config)
    if problems := list(places.of_pairs(component, read(source.text, source.name))):
        raise InvalidFile(problems)


def plan_of(
    request: Request, component: formats.Component, cases: Sequence[CasePlan], policy: Policy
) -> Plan:
    """The plan of a request, with revisions that are no programs yet."""
    return Plan(
        component=component.component,
        provider=provider(request.provider).name,
        tier=request.tier,
        base=Revision(side=Side.BASE, asked=request.base, label=request.base),
        head=Revision(side=Side.HEAD, asked=request.head, label=request.head),
        cases=cases,
        policy=policy,
        seed=request.seed,
        created=now(),
        scenarios=tuple(request.scenarios),
        asked=request.component,
        selected=request.cases,
        config=request.config_file,
        generator=request.generator,
        shard=request.shard,
        processes=tuple(component.processes),
        place=request.place,
    )


def policy(request: Request, tiers: Sequence[formats.Tier]) -> Policy:
    """The policy of the judge: as the request says, or else the most that a tier says."""
    looks = request.looks or max((tier.looks for tier in tiers), key=len)
    budgets = [tier.budget for tier in tiers if tier.budget]
    return Policy(
        alpha=request.alpha,
        looks=tuple(looks),
        goal=request.goal,
        budget=request.budget or (max(budgets) if budgets else None),
        certain=request.certain,
    )


def now() -> str:
    """This moment, RFC 3339 in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")
