"""A comparison of two revisions, from the request to its report: the flow of `loadstone run`.

    files ─► plan ─► cluster ─► rounds ─► comparison ─► report

Every arrow is a value that is also a file of the output directory: `session.json` is the plan and
the environment, `rounds.jsonl` grows by a line per run, `record.json` holds everything,
`comparison.json` the judgement, `report.md` and `report.html` the words and pictures. So any stage
can be done again from the files alone.
"""

from __future__ import annotations

from dataclasses import replace

from loadstone.flows import output_directory
from loadstone.flows.judge import demoted, judged, warned
from loadstone.flows.knowledge import false_alarms, noise
from loadstone.flows.knowledge.reached import reached
from loadstone.flows.prepare import now, prepare
from loadstone.flows.request import Request
from loadstone.flows.revision_programs import require_differing
from loadstone.flows.schedules.sequential import SequentialSchedule
from loadstone.flows.session import Session, opened_log, session
from loadstone.measure.session import Measure, measure
from loadstone.model import Note, Plan, Record
from loadstone.model.events import SessionPlanned, Watch, silent
from loadstone.plan.shards import part
from loadstone.profiles.reading import problem
from loadstone.stats.audit.rates import warning as audited
from loadstone.stats.comparison.coupling import cores
from loadstone.system.lock import claimed


def run(
    request: Request,
    *,
    watch: Watch = silent,
    measuring: Measure = measure,
    same_ok: bool = False,
) -> Record:
    """Measure both revisions, judge them, and write every file of the output directory.

    Of a shard the record is of its own cases, and is not judged: `loadstone merge` does that.
    Whatever happens, everything that was started is ended and the runs so far stay in
    `rounds.jsonl`. Raises the family of `LoadstoneError`: `Interrupted` among them, and
    `NothingToCompare` for one program under two names, unless that is `same_ok`.
    """
    if request.resume:
        output_directory.require_begun(request.out)
    job = prepare(request, watch=watch)
    if not same_ok:
        require_differing(job.plan.base, job.plan.head)
    baselines, unreached = reached(request.config.baselines, job.plan)
    mine = part(job.plan)
    notes = [*job.notes, *unreached, *_shared(job.plan, mine)]
    watch(SessionPlanned(plan=mine, notes=notes))
    with claimed(request.out):
        log = opened_log(request.out, job.plan, resume=request.resume, watch=watch)
        with session(
            job,
            log,
            config=request.config,
            demanding=mine.cases,
            watch=watch,
            measuring=measuring,
        ) as begun:
            record = demoted(begun.record(), baselines)
            history = noise.load(record, baselines)
            schedule = SequentialSchedule(
                part(record.plan),
                history=history,
                cores=cores(record.environment.facts),
                watch=watch,
            )
            record = _measured(record, mine, begun, schedule)
        if record.plan.shard is not None:
            output_directory.keep(record, log.path.parent)
            return record
        record = judged(record, history=history, looks=schedule.looks, files=log.path.parent)
        audit = false_alarms.load(record, baselines)
        record = warned(record, [*unreached, *([audited(audit)] if audit else [])])
        output_directory.write(record, log.path.parent)
    return record


def _measured(record: Record, mine: Plan, begun: Session, schedule: SequentialSchedule) -> Record:
    """The record with the runs of the cases that are measured here, which may be none."""
    if not mine.cases:
        output_directory.begin(record, begun.out)
        return replace(record, finished=now())
    return begun.measure(record, schedule, profile_problem=problem)


def _shared(plan: Plan, mine: Plan) -> list[Note]:
    """What this machine measures of the plan, where others have the rest."""
    if plan.shard is None:
        return []
    shard, cases = plan.shard, len(mine.cases)
    return [Note.of("shard", number=shard.number, of=shard.of, cases=cases, all=len(plan.cases))]
