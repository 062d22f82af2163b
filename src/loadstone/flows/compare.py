"""A comparison of two revisions, from the request to its report: the flow of `loadstone run`.

    files ─► plan ─► cluster ─► rounds ─► comparison ─► report

Every arrow is a value that is also a file of the output directory: `session.json` is the plan and
the environment, `rounds.jsonl` grows by a line per run, `record.json` holds everything,
`comparison.json` the judgement, `report.md` and `report.html` the words and pictures. So any stage
can be done again from the files alone.
"""

from __future__ import annotations

from loadstone.flows import output_directory
from loadstone.flows.judge import demoted, judged, warned
from loadstone.flows.knowledge import false_alarms, noise
from loadstone.flows.prepare import prepare
from loadstone.flows.request import Request
from loadstone.flows.schedules.sequential import SequentialSchedule
from loadstone.flows.session import opened_log, session
from loadstone.measure.session import Measure, measure
from loadstone.model import Record
from loadstone.model.events import SessionPlanned, Watch, silent
from loadstone.profiles.pprof import problem
from loadstone.stats.audit.rates import warning as audited
from loadstone.store.table import open_store
from loadstone.system.lock import claimed


def run(request: Request, *, watch: Watch = silent, measuring: Measure = measure) -> Record:
    """Measure both revisions, judge them, and write every file of the output directory.

    Whatever happens, everything that was started is ended and the runs so far stay in
    `rounds.jsonl`. Raises the family of `LoadstoneError`, `Interrupted` among them.
    """
    job, baselines = prepare(request, watch=watch), open_store(request.config.baselines)
    watch(SessionPlanned(plan=job.plan, notes=job.notes))
    with claimed(request.out):
        log = opened_log(request.out, job.plan, resume=request.resume, watch=watch)
        with session(job, log, config=request.config, watch=watch, measuring=measuring) as begun:
            record = demoted(begun.record(), baselines)
            history = noise.load(record, baselines)
            schedule = SequentialSchedule(record.plan, history=history, watch=watch)
            record = begun.measure(record, schedule, profile_problem=problem)
        record = judged(record, history=history, looks=schedule.looks, files=log.path.parent)
        audit = false_alarms.load(record, baselines)
        record = warned(record, [audited(audit)] if audit else [])
        output_directory.write(record, log.path.parent)
    return record
