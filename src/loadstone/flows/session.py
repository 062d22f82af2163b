"""A measuring session, shared by every flow that measures: one directory, one log, one cluster.

    environment ─► cluster ─► runs, each on disk as it ends

The output directory holds `session.json` (plan and environment) from the start and `rounds.jsonl`
with a line for each run as it ends. Whatever happens, everything that was started is ended.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from loadstone import __version__, formats
from loadstone.cluster.own_api import OwnApi
from loadstone.cluster.own_namespaces import OwnNamespaces, own_namespaces
from loadstone.cluster.provider import Provider, provider
from loadstone.cluster.proxy import proxied
from loadstone.component.in_pods.load_pods import LoadPods
from loadstone.component.in_pods.local_images import put_on_nodes
from loadstone.component.in_pods.place import PodPlace
from loadstone.component.own_network import hindrance
from loadstone.component.start import start
from loadstone.errors import ComponentFailed, Interrupted, UsageError
from loadstone.flows import output_directory
from loadstone.flows.cluster_programs import provider_options
from loadstone.flows.load_from_pods import generator_in_pods, place_fact, require_in_pods
from loadstone.flows.prepare import now
from loadstone.flows.prepared_job import Job
from loadstone.flows.settings import prometheus_access, tool_paths
from loadstone.formats.configuration import Config
from loadstone.measure.context import SessionInputs
from loadstone.measure.hopeless import NeverReady
from loadstone.measure.host.environment import environment
from loadstone.measure.host.preflight import require
from loadstone.measure.load.generator import Generator
from loadstone.measure.load.table import generator
from loadstone.measure.session import Measure, NextSlots, measure
from loadstone.measure.validity import ProfileProblem
from loadstone.model import CasePlan, Design, Environment, Plan, Record
from loadstone.model.events import Progress, Watch, silent
from loadstone.model.plan import PODS
from loadstone.profiles.merging import merged
from loadstone.protocols import Accountable, Cluster, RunsPods, StartComponent
from loadstone.report.common.sentences import in_full
from loadstone.report.progress.common_lines import moved
from loadstone.store.rounds import RoundLog
from loadstone.system import temporary

_Parts = tuple[Sequence[Cluster], StartComponent, Generator]

RESUME = "the same command with --resume goes on from there"


@dataclass(frozen=True, kw_only=True)
class Session:
    """A session that has begun, and the way to measure in it."""

    job: Job
    out: Path
    log: RoundLog
    config: Config
    environment: Environment
    started: str  # RFC 3339, UTC
    workdir: Path
    watch: Watch
    measuring: Measure
    providers: Sequence[Provider]  # of the plan's cluster, or of one for each side

    def record(self) -> Record:
        """The record of the session before its first run."""
        plan, here = self.job.plan, self.environment
        return Record(plan=plan, environment=here, runs=(), started=self.started)

    def measure(
        self, record: Record, schedule: NextSlots, *, profile_problem: ProfileProblem
    ) -> Record:
        """The record with every run that the schedule asks for; those in the log come first."""
        plan = record.plan
        output_directory.begin(replace(record, runs=(), judgement=None, finished=""), self.out)
        with _worded(), ExitStack() as stack:
            inputs = self._inputs(plan, stack, profile_problem)
            runs = self.measuring(
                inputs, schedule, on_run=self.log.append, done=self.log.read(), events=self.watch
            )
        return replace(record, runs=runs, finished=now())

    def _here(self, plan: Plan, stack: ExitStack) -> _Parts:
        """The clusters, and a component that runs as processes of this machine."""
        clusters = [
            stack.enter_context(self._cluster(name, source))
            for name, source in _sources(plan, self.providers)
        ]
        return clusters, partial(start, self.job.component), self._generator(plan)

    def _in_pods(self, plan: Plan, stack: ExitStack) -> _Parts:
        """A namespace for each side in one cluster, and a component that is deployed there."""
        options, count = provider_options(self.config), len(_sources(plan, self.providers))
        made = stack.enter_context(
            own_namespaces(self.providers[0], options, workdir=self.workdir, count=count)
        )
        own = made.around if isinstance(made.around, RunsPods) else None
        images = [each.image for each in (plan.base, plan.head) if each.image]
        sending = [self.config.load.image] if self.config.load.pods else []
        place = PodPlace(
            component=self.job.component,
            selector=own.measured_on if own else {},
            loaded=put_on_nodes(own, images, sending) if own else {},
            kept=self.out,
            tools=tool_paths(self.config),
            load_inside=self.config.load.pods > 0,
        )
        return made.sides, place.start, self._generator_for(plan, made, place)

    def _generator_for(self, plan: Plan, made: OwnNamespaces, place: PodPlace) -> Generator:
        """The generator of load on pods: in pods itself, where the configuration says so."""
        if not self.config.load.pods:
            return self._generator(plan)
        pods = LoadPods(cluster=made.sides[0], kept=self.out, tools=tool_paths(self.config))
        return generator_in_pods(
            self.config.load,
            pods,
            made.around,
            name=plan.generator or "openloop",
            inside=place.inside,
            measured=lambda: place.node,
        )

    def _generator(self, plan: Plan) -> Generator:
        return generator(plan.generator or "openloop", tool_paths(self.config))

    def _cluster(self, name: str, source: Provider) -> AbstractContextManager[Cluster]:
        """A cluster of a provider; none for a component that is its own API server."""
        if self.job.component.api:
            return nullcontext(OwnApi(provider=source.name))
        return counted(source, self.workdir / name)

    def _inputs(
        self, plan: Plan, stack: ExitStack, profile_problem: ProfileProblem
    ) -> SessionInputs:
        tools = tool_paths(self.config)
        clusters, begin, sending = (
            self._in_pods(plan, stack) if plan.place == PODS else self._here(plan, stack)
        )
        return SessionInputs(
            plan=plan,
            component=self.job.component,
            clusters=clusters,
            start=begin,
            generator=sending,
            profile_problem=profile_problem,
            profile_merged=merged,
            out=self.out,
            workdir=self.workdir,
            tools=tools,
            prometheus=prometheus_access(self.config),
        )


@contextmanager
def counted(source: Provider, workdir: Path) -> Iterator[Cluster]:
    """A cluster of a provider, behind the proxy where it does not count requests by itself."""
    with ExitStack() as stack:
        cluster = stack.enter_context(source.provision(workdir=workdir))
        if not isinstance(cluster, Accountable):
            cluster = stack.enter_context(proxied(cluster, workdir=workdir / "proxy"))
        yield cluster


def _sources(plan: Plan, providers: Sequence[Provider]) -> Sequence[tuple[str, Provider]]:
    """A cluster for all runs, and where both sides are up at once, one for each."""
    mixed = any(case.design is Design.MIXED for case in plan.cases)
    sources = [*providers] * 2 if mixed and len(providers) == 1 else providers
    return [(f"cluster-{number}", source) for number, source in enumerate(sources)]


@contextmanager
def _worded() -> Iterator[None]:
    """In words why a side was given up, for whoever reads the error."""
    try:
        yield
    except NeverReady as error:
        raise ComponentFailed(
            f"{error.message}; the last time: {in_full(error.why)}", next_step=error.next_step
        ) from error


@contextmanager
def session(
    job: Job,
    log: RoundLog,
    *,
    config: Config,
    demanding: Sequence[CasePlan] = (),
    go_on: str = RESUME,
    watch: Watch = silent,
    measuring: Measure = measure,
    providers: Sequence[str] = (),
) -> Iterator[Session]:
    """Begin a session in the directory of `log`, which the caller has locked.

    `demanding`: the cases that ask most of this machine, all of the plan by default. `providers`:
    where each side has another than the plan's. `go_on` says how an interrupted session goes on.
    Raises `Interrupted` instead of `KeyboardInterrupt`.
    """
    started, tools = now(), tool_paths(config)
    try:
        with temporary.directory() as workdir:
            designs = [case.design for case in job.plan.cases]
            options = replace(
                provider_options(config), logs=log.path.parent, pods=job.plan.place == PODS
            )
            sources = [provider(name, options=options) for name in providers or [job.plan.provider]]
            given = "; ".join(filter(None, (source.identity() for source in sources)))
            here = environment(
                job.plan.provider,
                __version__,
                tools,
                designs=designs,
                cluster=given,
                place=place_fact(job.plan.place, config.load),
            )
            require_in_pods(config.load, job.plan.generator, job.plan.place)
            require(demanding or job.plan.cases, here.facts)
            _require_network(job.component)
            yield Session(
                job=job,
                out=log.path.parent,
                log=log,
                config=config,
                environment=here,
                started=started,
                workdir=workdir,
                watch=watch,
                measuring=measuring,
                providers=sources,
            )
    except KeyboardInterrupt as error:
        raise Interrupted(
            f"interrupted; {len(log.read())} runs are kept in {log.path}", next_step=go_on
        ) from error


def _require_network(component: formats.Component) -> None:
    """Raise `UsageError` where a component wants a network of its own and cannot have one."""
    why = hindrance() if component.network == "own" else ""
    if why:
        raise UsageError(
            f"{component.component} wants a network of its own: {why}",
            next_step="run it as root; `loadstone doctor` says what is missing",
        )


def opened_log(out: Path, plan: Plan, *, resume: bool, watch: Watch = silent) -> RoundLog:
    """Open the log of a session: a new one, or with `resume` that of the unfinished session."""
    earlier = output_directory.fresh(out, resume=resume)
    if earlier is not None:
        watch(Progress(text=moved(str(earlier))))
    path = out / output_directory.ROUNDS
    return RoundLog.resume(path, plan) if resume else RoundLog.create(path, plan)
