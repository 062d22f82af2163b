"""Problems of a plan on this machine: the parts that it lacks, before anything is started."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import msgspec

from loadstone import formats
from loadstone.cluster.existing import NAME as EXISTING
from loadstone.cluster.provider import LoadsImages, Provider, provider
from loadstone.cluster.provider_options import ProviderOptions
from loadstone.component.own_network import hindrance
from loadstone.component.revisions.beside import beside
from loadstone.component.revisions.lacking_tools import missing
from loadstone.component.revisions.pod_image import MADE_HERE
from loadstone.errors import LoadstoneError
from loadstone.flows.cluster_programs import provider_options
from loadstone.flows.pod_rights import with_pods
from loadstone.flows.prepared_job import Job
from loadstone.flows.request import Request
from loadstone.flows.revision_programs import sourced
from loadstone.flows.scenario_rights import with_scenarios
from loadstone.flows.settings import cache_directory, prometheus_access, tool_paths
from loadstone.measure.load.table import generator
from loadstone.model import Design, Note, Side
from loadstone.model.plan import PODS
from loadstone.system.https_pool import secret
from loadstone.system.tools import find


def lacking(job: Job, request: Request) -> list[Note]:
    """Notes on what is missing for the revisions, the cluster and the runs of a sketch."""
    tools = tool_paths(request.config)
    return [
        *(_of_pods if request.place == PODS else _of_revisions)(job, tools),
        *_of_provider(job, request),
        *_of_runs(job, request),
    ]


def _of_revisions(job: Job, tools: Mapping[str, Path]) -> Iterator[Note]:
    sides = job.plan.search.sides if job.plan.search else tuple(Side)
    asked = {each.asked for each in (job.plan.base, job.plan.head) if each.side in sides}
    for name in sorted(asked - {""}):
        programs = _programs(job, name)
        errors = [error for one, said in programs for error in missing(one, said, tools)]
        for said, step in dict.fromkeys((error.message, error.next_step) for error in errors):
            yield Note.of("missing-tool", name=name, said=said, step=step)


def _of_pods(job: Job, tools: Mapping[str, Path]) -> Iterator[Note]:
    """Of what deploys a component and reaches its pods."""
    said = job.component.kubernetes
    for name in ("kubectl", "helm") if said and said.chart else ("kubectl",):
        yield from _attempt(partial(find, name, tools))


def _programs(job: Job, asked: str) -> Iterator[tuple[formats.Component, str]]:
    """The program that a revision is of, and those of the processes that have their own."""
    component = job.component
    yield component.alone(component.main()), asked
    for name, process in component.processes.items():
        if process.revisions is not None:
            yield component.alone(name), beside(process, asked)


def _of_provider(job: Job, request: Request) -> Iterator[Note]:
    """Of the provider, unless the component is its own API server and no cluster is asked for."""
    if job.component.api:
        return
    name = job.plan.provider
    pods = request.place == PODS
    source = provider(name, options=_options(job, request))
    problems = source.problems()
    for each in problems:
        yield Note.of("missing-provider", provider=name, said=each.what, step=each.hint)
    if pods and not problems:
        yield from _of_images(job, source, request)
    mixed = [each.case.name for each in job.plan.cases if each.design is Design.MIXED]
    if (pods or name == EXISTING) and mixed:
        yield Note.of("shared-cluster", cases=len(mixed))


def _options(job: Job, request: Request) -> ProviderOptions:
    """The options of the provider, with the rights that the cases and the pods take."""
    plain = provider_options(request.config, make=False)
    workloads = [msgspec.convert(each.workload, formats.Workload) for each in job.plan.cases]
    options = with_scenarios(plain, workloads, [job.component])
    if request.place != PODS:
        return options
    options = replace(options, pods=True)
    try:
        return with_pods(options, [job.component], request.config.load, tool_paths(request.config))
    except LoadstoneError:  # of what renders it: said elsewhere, or as it is deployed
        return options


def _of_images(job: Job, source: Provider, request: Request) -> Iterator[Note]:
    """Of images that this machine has not, and so cannot give to the nodes."""
    from loadstone.component.revisions.resolve import find as find_revision

    component = sourced(job.component, request.place)
    if not isinstance(source, LoadsImages):
        return
    images = [request.config.load.image] if request.config.load.pods else []
    for asked in dict.fromkeys(each.asked for each in (job.plan.base, job.plan.head) if each.asked):
        cache = cache_directory(request.config)
        try:
            found = find_revision(component, asked, Side.BASE, cache=cache, image_ok=True)
        except LoadstoneError as error:
            said, step = error.message, error.next_step
            yield Note.of("missing-tool", name=asked, said=said, step=step)
            continue
        if found.source not in MADE_HERE:
            images.append(found.image)
    for image in images:
        if not source.local_image(image):
            yield Note.of("image-to-pull", image=image)


def _of_runs(job: Job, request: Request) -> Iterator[Note]:
    """Of what runs beside the component: the web server, the generator, profilers, a network."""
    tools = tool_paths(request.config)
    component, cases = job.component, job.plan.cases
    workloads = [msgspec.convert(each.workload, formats.Workload) for each in cases]
    if component.push is not None or any(each.needs_upstream() for each in workloads):
        yield from _attempt(lambda: find("nginx", tools))
    if not (request.place == PODS and request.config.load.pods):  # whose image has it
        yield from _attempt(lambda: generator(job.plan.generator or "openloop", tools))
    taken = {kind for each in workloads for kind in each.profiles}
    for program in dict.fromkeys(_profilers(component, taken)):
        if "/" not in program and shutil.which(program) is None:
            said = f"there is no program `{program}`, which takes profiles"
            yield Note.of("missing-program", said=said, step=f"install {program}")
    access = prometheus_access(request.config)
    if access is not None and access.secret and component.promql:
        yield from _of_secret(access.secret)
    if component.network == "own" and (why := hindrance()):
        said = f"{component.component} wants a network of its own: {why}"
        yield Note.of("missing-program", said=said, step="run it as root")


def _of_secret(where: str) -> Iterator[Note]:
    try:
        secret(where)
    except OSError as error:
        said = f"the Prometheus of the queries will not be asked: {error}"
        yield Note.of("missing-program", said=said, step=f"have the secret where {where} says")


def _attempt(look: Callable[[], object]) -> Iterator[Note]:
    try:
        look()
    except LoadstoneError as error:
        yield Note.of("missing-program", said=error.message, step=error.next_step)


def _profilers(component: formats.Component, taken: Iterable[str]) -> Iterator[str]:
    kinds = set(taken)
    for process in component.started().values():
        for kind, profiler in process.profilers.items():
            if kind in kinds:
                yield profiler.command[0]
