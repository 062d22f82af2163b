"""A search for redlines from the request to its report: the flow of `loadstone redline`.

    files ─► plan, a case for every size ─► cluster ─► rounds ─► brackets ─► report

The output directory holds `session.json` (plan and environment) from the start, `rounds.jsonl` with
a line for each run as it ends, and at the end `redline.json`, `redline.md` and `redline.html`.
"""

from __future__ import annotations

from dataclasses import replace

from loadstone.flows import output_directory
from loadstone.flows.prepare_redline import RedlineRequest, prepare
from loadstone.flows.schedules.bisection import BisectionSchedule
from loadstone.flows.session import opened_log, session
from loadstone.measure.session import Measure, measure
from loadstone.model import Record, RedlineRecord
from loadstone.model.events import SessionPlanned, Watch, silent
from loadstone.stats.redline.redline_change import redlines
from loadstone.system.lock import claimed


def run(
    wanted: RedlineRequest, *, watch: Watch = silent, measuring: Measure = measure
) -> RedlineRecord:
    """Search the redline of one or two revisions, and write every file of the output directory.

    Whatever happens, everything that was started is ended and the runs so far stay in
    `rounds.jsonl`. Raises the family of `LoadstoneError`, `Interrupted` among them.
    """
    request = wanted.request
    if request.resume:
        output_directory.require_begun(request.out)
    job = prepare(wanted, watch=watch)
    watch(SessionPlanned(plan=job.plan, notes=job.notes))
    with claimed(request.out):
        log = opened_log(request.out, job.plan, resume=request.resume, watch=watch)
        largest = job.plan.cases[-1:]  # what the largest size can, all can
        with session(
            job, log, config=request.config, demanding=largest, watch=watch, measuring=measuring
        ) as begun:
            schedule = BisectionSchedule(job.plan, watch=watch)
            record = begun.measure(begun.record(), schedule, profile_problem=_no_profiles)
        found = of(record)
        output_directory.write_redline(found, log.path.parent)
    return found


def of(record: Record) -> RedlineRecord:
    """Make the redline record of a search's runs. Raises `ValueError` for other records."""
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


def _no_profiles(_content: bytes) -> str | None:
    """None are taken, so there is none to find fault with."""
    return None
