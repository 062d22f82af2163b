"""Preparation of a comparison: files read, cases bound, revisions resolved, a plan made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any

from loadstone import formats
from loadstone.cluster.provider import provider
from loadstone.errors import InvalidFile, MeasurementFailed, UsageError
from loadstone.flows.files import component_source, scenario_sources
from loadstone.flows.request import Request
from loadstone.flows.settings import cache_directory
from loadstone.model import CasePlan, Note, Plan, Policy, Revision, Side
from loadstone.model.events import Watch, progress, silent
from loadstone.report.common.sentences import in_full


@dataclass(frozen=True, kw_only=True)
class Job:
    """A comparison or search that is ready to be measured."""

    plan: Plan
    component: formats.Component
    notes: Sequence[Note] = ()  # what was left out, and why


def prepare(request: Request, *, watch: Watch = silent) -> Job:
    """Read the files, bind the cases and resolve both revisions to programs."""
    return resolved(sketch(request), request, watch=watch)


def resolved(job: Job, request: Request, *, watch: Watch = silent) -> Job:
    """Resolve the revisions of a job to programs; a side that is not searched has none.

    All are found before one is built, so that a name that nothing has costs no build.
    """
    from loadstone.component.revisions.resolve import commits, find, make

    component, cache = job.component, cache_directory(request.config)
    sides = job.plan.search.sides if job.plan.search else tuple(Side)
    tell = progress(watch)
    found = {
        each.side: find(component, each.asked, each.side, cache=cache, progress=tell)
        if each.side in sides
        else each
        for each in (job.plan.base, job.plan.head)
    }
    for side in sides:
        say(found[side].notes, tell)
    made = dict(found)
    for side in sides:
        with worded_builds():
            made[side] = make(component, found[side], cache=cache, progress=tell)
        say(made[side].notes[len(found[side].notes) :], tell)
    base, head = made[Side.BASE], made[Side.HEAD]
    known = commits(component, base, head, cache=cache)
    return replace(job, plan=replace(job.plan, base=base, head=head, commits=known))


def say(notes: Sequence[Note], tell: Callable[[str], None]) -> None:
    """Each note as a line of progress."""
    for each in notes:
        tell(f"note: {in_full(each)}")


@contextmanager
def worded_builds() -> Iterator[None]:
    """In words what a build that failed was without, for whoever reads the error."""
    from loadstone.component.revisions.commit_build import BuildFailed

    try:
        yield
    except BuildFailed as error:
        without = "".join(f"\n{in_full(each)}" for each in error.lacking)
        raise MeasurementFailed(error.message + without, next_step=error.next_step) from error


def sketch(request: Request) -> Job:
    """Plan without resolving programs: nothing is downloaded, started or written."""
    component, scenarios = read_files(request)
    cases, notes = bind(scenarios, component, request)
    tiers = [scenario.tiers[request.tier] for scenario in scenarios]
    plan = plan_of(request, component, cases, policy(request, tiers))
    return Job(plan=plan, component=component, notes=notes)


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
    )


def read_files(request: Request) -> tuple[formats.Component, list[formats.Scenario]]:
    """Decode the files the request names. Raises `InvalidFile` with the problems of all of them."""
    from loadstone.plan.components import parse_component
    from loadstone.plan.scenarios import parse_scenario

    problems: list[Any] = []

    def decode(parse: Callable[[str, str], Any], text: str, name: str) -> Any:
        try:
            return parse(text, name)
        except InvalidFile as error:
            problems.extend(error.problems)

    source = component_source(request.component, request.config)
    component = decode(parse_component, source.text, source.name)
    sources = scenario_sources(request.scenarios, request.config)
    scenarios = [decode(parse_scenario, source.text, source.name) for source in sources]
    if problems:
        raise InvalidFile(
            problems,
            next_step="mend the lines above; `loadstone schema` writes schemas for your editor",
        )
    return component, scenarios


def bind(
    scenarios: Iterable[formats.Scenario], component: formats.Component, request: Request
) -> tuple[list[CasePlan], list[Note]]:
    """The cases of the tier that fit the component and match the request's glob."""
    from loadstone.plan.matrix import cases, fit

    bound = [case for scenario in scenarios for case in cases(scenario, request.tier)]
    chosen = [case for case in bound if fnmatchcase(case.case.name, request.cases)]
    if not chosen:
        names = ", ".join(case.case.name for case in bound)
        raise UsageError(f"no case matches `{request.cases}`", next_step=f"the cases are: {names}")
    return fit(chosen, component)


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
