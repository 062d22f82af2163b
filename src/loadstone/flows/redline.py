"""A search for redlines from the request to its report: the flow of `loadstone redline`.

    files ─► plan, a case for every size ─► cluster ─► rounds ─► brackets ─► report

The output directory holds `session.json` (plan and environment) from the start, `rounds.jsonl` with
a line for each run as it ends, and at the end `redline.json`, `redline.md` and `redline.html`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from loadstone import __version__
from loadstone.cluster.provider import provider
from loadstone.component.process import start
from loadstone.errors import Interrupted
from loadstone.flows import output_directory, prepare_redline
from loadstone.flows.prepare import Job, Watch, now, silent
from loadstone.flows.schedules.bisection import BisectionSchedule
from loadstone.measure.host.environment import environment
from loadstone.measure.host.preflight import require
from loadstone.measure.session import measure
from loadstone.model import Record, RedlineRecord
from loadstone.stats.redline.change import redlines
from loadstone.store.rounds import RoundLog
from loadstone.system import temporary
from loadstone.system.lock import claimed

Measure = Callable[..., Any]


def run(
    wanted: prepare_redline.RedlineRequest, *, watch: Watch = silent, measuring: Measure = measure
) -> RedlineRecord:
    """Search the redline of one or two revisions, and write every file of the output directory.

    Whatever happens, everything that was started is ended and the runs so far stay in
    `rounds.jsonl`. Raises the family of `LoadstoneError`, `Interrupted` among them.
    """
    job = prepare_redline.prepare(wanted, watch=watch)
    watch(job)
    with claimed(wanted.request.out):
        return _session(wanted, job, watch=watch, measuring=measuring)


def _session(
    wanted: prepare_redline.RedlineRequest, job: Job, *, watch: Watch, measuring: Measure
) -> RedlineRecord:
    request = wanted.request
    out = output_directory.fresh(request.out, resume=request.resume)
    log = (RoundLog.resume if request.resume else RoundLog.create)(
        out / output_directory.ROUNDS, job.plan
    )
    try:
        record = _measured(wanted, job, log, watch=watch, measuring=measuring)
    except KeyboardInterrupt as error:
        raise Interrupted(
            f"interrupted; {len(log.read())} runs are kept in {log.path}",
            next_step="the same command with --resume goes on from there",
        ) from error
    found = of(record)
    output_directory.write_redline(found, out)
    return found


def of(record: Record) -> RedlineRecord:
    """What the runs of a search say. Raises `ValueError` for a record of something else."""
    plan = record.plan
    tried = {run.case for run in record.runs}
    cases = [each for each in plan.cases if each.case.name in tried] or plan.cases[:1]
    return RedlineRecord(
        plan=replace(plan, cases=cases),
        environment=record.environment,
        redlines=redlines(plan, record.runs),
        seconds=sum(run.seconds for run in record.runs),
        started=record.started,
        finished=record.finished,
    )


def _measured(
    wanted: prepare_redline.RedlineRequest,
    job: Job,
    log: RoundLog,
    *,
    watch: Watch,
    measuring: Measure,
) -> Record:
    request, plan = wanted.request, job.plan
    started, tools = now(), request.config.tool_paths()
    with temporary.directory() as workdir:
        where = environment(request.provider, __version__, tools)
        require(plan.cases[-1:], where.facts)  # what the largest size can, all can
        record = Record(plan=plan, environment=where, runs=(), started=started)
        output_directory.begin(record, request.out)
        with provider(request.provider).provision(workdir=workdir) as cluster:
            runs = measuring(
                plan,
                job.component,
                cluster,
                start=partial(start, job.component),
                generator=request.generator,
                next_slots=BisectionSchedule(plan, watch=watch),
                on_run=log.append,
                events=watch,
                out=request.out,
                workdir=workdir,
                tools=tools,
                done=log.read(),
                profile_problem=_no_profiles,
            )
    return replace(record, runs=runs, finished=now())


def _no_profiles(_content: bytes) -> str | None:
    """None are taken, so there is none to find fault with."""
    return None
