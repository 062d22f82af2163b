"""A measuring session, shared by every flow that measures: one directory, one log, one cluster.

    environment ─► cluster ─► runs, each on disk as it ends

The output directory holds `session.json` (plan and environment) from the start and `rounds.jsonl`
with a line for each run as it ends. Whatever happens, everything that was started is ended.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from loadstone import __version__
from loadstone.cluster.provider import provider
from loadstone.component.process import start
from loadstone.errors import ComponentFailed, Interrupted
from loadstone.flows import output_directory
from loadstone.flows.prepare import Job, now
from loadstone.flows.settings import tool_paths
from loadstone.formats.configuration import Config
from loadstone.measure.context import SessionInputs
from loadstone.measure.host.environment import environment
from loadstone.measure.host.preflight import require
from loadstone.measure.load.table import generator
from loadstone.measure.session import Measure, NeverReady, NextSlots, measure
from loadstone.measure.validity import ProfileProblem
from loadstone.model import CasePlan, Environment, Plan, Record
from loadstone.model.events import Progress, Watch, silent
from loadstone.protocols import Cluster
from loadstone.report.common.sentences import in_full
from loadstone.report.progress.common_lines import moved
from loadstone.store.rounds import RoundLog
from loadstone.system import temporary

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
        with _worded(), provider(plan.provider).provision(workdir=self.workdir) as cluster:
            inputs = self._inputs(plan, cluster, profile_problem)
            runs = self.measuring(
                inputs, schedule, on_run=self.log.append, done=self.log.read(), events=self.watch
            )
        return replace(record, runs=runs, finished=now())

    def _inputs(
        self, plan: Plan, cluster: Cluster, profile_problem: ProfileProblem
    ) -> SessionInputs:
        tools = tool_paths(self.config)
        return SessionInputs(
            plan=plan,
            component=self.job.component,
            cluster=cluster,
            start=partial(start, self.job.component),
            generator=generator(plan.generator or "openloop", tools),
            profile_problem=profile_problem,
            out=self.out,
            workdir=self.workdir,
            tools=tools,
        )


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
) -> Iterator[Session]:
    """Begin a session in the directory of `log`, which the caller has locked.

    `demanding`: the cases that ask most of this machine, all of the plan by default. `go_on` says
    how an interrupted session goes on. Raises `Interrupted` instead of `KeyboardInterrupt`.
    """
    started, tools = now(), tool_paths(config)
    try:
        with temporary.directory() as workdir:
            here = environment(job.plan.provider, __version__, tools)
            require(demanding or job.plan.cases, here.facts)
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
            )
    except KeyboardInterrupt as error:
        raise Interrupted(
            f"interrupted; {len(log.read())} runs are kept in {log.path}", next_step=go_on
        ) from error


def opened_log(out: Path, plan: Plan, *, resume: bool, watch: Watch = silent) -> RoundLog:
    """Open the log of a session: a new one, or with `resume` that of the unfinished session."""
    earlier = output_directory.fresh(out, resume=resume)
    if earlier is not None:
        watch(Progress(text=moved(str(earlier))))
    path = out / output_directory.ROUNDS
    return RoundLog.resume(path, plan) if resume else RoundLog.create(path, plan)
