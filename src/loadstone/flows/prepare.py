"""Preparation of a comparison: files read, cases bound, revisions resolved, a plan made."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from loadstone import formats
from loadstone.cluster.provider import CountsPods, provider
from loadstone.cluster.provider_options import ProviderOptions
from loadstone.errors import (
    InvalidFile,
    MeasurementFailed,
    NothingToCompare,
    Problem,
    UsageError,
)
from loadstone.flows.files import (
    SourceFile,
    component_source,
    preset_source,
    scenario_sources,
    with_manifests,
    with_recordings,
)
from loadstone.flows.request import Request
from loadstone.flows.settings import cache_directory, tool_paths
from loadstone.model import CasePlan, Design, Note, Plan, Policy, Revision, Side
from loadstone.model.events import Watch, progress, silent
from loadstone.model.plan import PODS
from loadstone.plan.shards import part
from loadstone.report.common.sentences import in_full
from loadstone.stats.comparison import too_few_rounds


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

    component, cache = sourced(job.component, request.place), cache_directory(request.config)
    tools, pods = tool_paths(request.config), request.place == PODS
    sides = job.plan.search.sides if job.plan.search else tuple(Side)
    tell = progress(watch)
    found = {
        each.side: find(
            component,
            each.asked,
            each.side,
            cache=cache,
            image_ok=pods,
            progress=tell,
            tools=tools,
        )
        if each.side in sides
        else each
        for each in (job.plan.base, job.plan.head)
    }
    for side in sides:
        say(found[side].notes, tell)
    made = dict(found)
    for side in sides:
        with worded_builds():
            made[side] = make(component, found[side], cache=cache, progress=tell, tools=tools)
        say(made[side].notes[len(found[side].notes) :], tell)
    base, head = made[Side.BASE], made[Side.HEAD]
    known = commits(component, base, head, cache=cache)
    return replace(job, plan=replace(job.plan, base=base, head=head, commits=known))


def sourced(component: formats.Component, place: str) -> formats.Component:
    """The component with the sources that revisions may come from there: pods run images."""
    if place != PODS:
        return component
    image = formats.Revisions(image=component.revisions.image)
    return msgspec.structs.replace(component, revisions=image)


def require_differing(base: Revision, head: Revision) -> None:
    """Raises `NothingToCompare` for the same program under two names; under one it is an A/A."""
    if base.digest and _programs(base) == _programs(head) and base.asked != head.asked:
        raise NothingToCompare(
            f"nothing to compare: {base.asked} and {head.asked} are the same program, byte for"
            f" byte (sha256 {base.digest[:16]}…)",
            next_step="to measure it against itself on purpose, name it the same way on both sides",
        )


def _programs(found: Revision) -> Mapping[str, str]:
    """The digests of all programs of a revision, by process, with what goes with each."""
    return {
        name: each.digest + _content(each.definitions)
        for name, each in {"": found, **found.others}.items()
    }


def _content(file: str) -> str:
    """The digest of a file; "" of none."""
    return hashlib.sha256(Path(file).read_bytes()).hexdigest() if file else ""


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
    _require_pairs(component, cases, request)
    tiers = [scenario.tiers[request.tier] for scenario in scenarios]
    plan = plan_of(request, component, cases, policy(request, tiers))
    blind = too_few_rounds.warning(part(plan))
    return Job(plan=plan, component=component, notes=[*notes, *([blind] if blind else [])])


def _require_pairs(
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


def read_files(request: Request) -> tuple[formats.Component, list[formats.Scenario]]:
    """Decode the files the request names, and give both what the component's presets hold.

    Raises `InvalidFile` with the problems of all of them.
    """
    from loadstone.formats.yaml_text import read
    from loadstone.plan import check_kubernetes, fits, places
    from loadstone.plan.components import parse_component
    from loadstone.plan.presets import parse_preset, with_metrics, with_series
    from loadstone.plan.scenarios import parse_scenario

    problems: list[Problem] = []

    def decode(parse: Callable[[str, str], Any], text: str, name: str) -> Any:
        try:
            return parse(text, name)
        except InvalidFile as error:
            problems.extend(error.problems)

    source = component_source(request.component, request.config)
    component = decode(parse_component, source.text, source.name)
    if component is not None:
        component = decode(partial(with_manifests, component), source.text, source.name)
    named = _named_presets(source, problems)
    presets = [decode(parse_preset, each.text, each.name) for each in named]
    sources = scenario_sources(request.scenarios, request.config)
    names = [source.name for source in sources]
    scenarios = [decode(parse_scenario, source.text, source.name) for source in sources]
    if not problems:
        document = read(source.text, source.name)
        problems += check_kubernetes.of_objects(component, document)
        problems += places.of_component(component, document, request.place)
        for scenario, each in zip(scenarios, sources, strict=True):
            asked = read(each.text, each.name)
            problems += fits.problems(component, scenario, asked)
            problems += places.of_scenario(scenario, asked, request.place)
    if problems:
        raise InvalidFile(
            problems,
            next_step="mend the lines above; `loadstone schema` writes schemas for your editor",
        )
    located = [with_recordings(*each) for each in zip(scenarios, names, strict=True)]
    if request.config.prometheus:
        component = msgspec.structs.replace(component, prometheus=request.config.prometheus)
    return with_series(component, presets), [
        with_metrics(scenario, component, presets) for scenario in located
    ]


def _named_presets(source: SourceFile, problems: list[Problem]) -> list[SourceFile]:
    """The preset files that a component file names; a problem for each that there is not."""
    from loadstone.formats.yaml_text import read
    from loadstone.plan.presets import places

    try:
        named = places(read(source.text, source.name))
    except InvalidFile:  # which has been said of the component
        return []
    found: list[SourceFile] = []
    for name, where in named.items():
        try:
            found.append(preset_source(name))
        except UsageError as error:
            problems.append(Problem(where=where, what=error.message, hint=error.next_step))
    return found


def bind(
    scenarios: Iterable[formats.Scenario], component: formats.Component, request: Request
) -> tuple[list[CasePlan], list[Note]]:
    """The cases of the tier that fit the component and match the request's glob."""
    from loadstone.measure.probes.counters import uncounted
    from loadstone.plan import places
    from loadstone.plan.matrix import cases, fit

    bound = [case for scenario in scenarios for case in cases(scenario, request.tier)]
    chosen = [case for case in bound if fnmatchcase(case.case.name, request.cases)]
    if not chosen:
        names = ", ".join(case.case.name for case in bound)
        raise UsageError(f"no case matches `{request.cases}`", next_step=f"the cases are: {names}")
    lost = uncounted() | places.uncounted(chosen, request.place, audited=_audited(request))
    return fit(chosen, component, uncounted=lost)


def _audited(request: Request) -> bool:
    """Whether the provider's clusters log what pods ask of their API servers."""
    source = provider(request.provider, options=ProviderOptions(kind=request.config.kind))
    return isinstance(source, CountsPods) and source.counts_pods


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
