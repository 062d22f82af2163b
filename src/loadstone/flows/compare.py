"""The whole flow on one screen; the only file that knows every stage.

    files ─► plan ─► cluster ─► rounds ─► comparison ─► report

Every arrow is a value that is also a file of the output directory: `session.json` is the plan and
the environment, `rounds.jsonl` grows by a line per run, `record.json` holds everything,
`comparison.json` the judgement, `report.md` and `report.html` the words and pictures. So any stage
can be done again from the files alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from loadstone import __version__
from loadstone.cluster.provider import PROVIDERS, provider
from loadstone.component.process import start
from loadstone.errors import Interrupted, MeasurementFailed, UnsafeGate, UsageError
from loadstone.flows import audits, noise, output_directory
from loadstone.flows.prepare import Job, Watch, now, prepare, silent
from loadstone.flows.profile_diffs import WARNINGS as PROFILE_WARNINGS
from loadstone.flows.profile_diffs import diffs as profiles
from loadstone.flows.schedules import extension
from loadstone.flows.schedules.sequential import SequentialSchedule
from loadstone.flows.schedules.sequential import judged as judgement_of
from loadstone.flows.settings import Request
from loadstone.measure.host.environment import environment
from loadstone.measure.host.preflight import require
from loadstone.measure.session import measure
from loadstone.model import Look, ProfileDiff, Record, Scalar, Side, Warn
from loadstone.profiles.pprof import problem
from loadstone.report.comparison.again import BASELINE, again
from loadstone.report.comparison.begun import missing, so_far
from loadstone.stats.across_days.judge import across
from loadstone.stats.audit.demotion import apply
from loadstone.stats.audit.rates import warning as audited
from loadstone.stats.comparison.history import History
from loadstone.stats.scaling.judge import scaled
from loadstone.store.comparability import hindrances
from loadstone.store.rounds import RoundLog
from loadstone.system import processes, temporary
from loadstone.system.lock import claimed


def run(request: Request, *, watch: Watch = silent) -> Record:
    """Measure both revisions, judge them, and write every file of the output directory.

    Whatever happens, everything that was started is ended and the runs so far stay in
    `rounds.jsonl`. Raises the family of `LoadstoneError`, `Interrupted` among them.
    """
    job = prepare(request, watch=watch)
    watch(job)
    with claimed(request.out):
        return _session(request, job, watch=watch)


def _session(request: Request, job: Job, *, watch: Watch) -> Record:
    out = output_directory.fresh(request.out, resume=request.resume)
    log = (RoundLog.resume if request.resume else RoundLog.create)(
        out / output_directory.ROUNDS, job.plan
    )
    try:
        record, steering = rounds(request, job, log, watch=watch)
    except KeyboardInterrupt as error:
        raise Interrupted(
            f"interrupted; {len(log.read())} runs are kept in {log.path}",
            next_step="the same command with --resume goes on from there",
        ) from error
    record = judged(record, history=steering.history, looks=steering.looks, files=out)
    audit = audits.load(record, Path(request.config.baselines))
    record = _warned(record, [audited(audit)] if audit else [])
    output_directory.write(record, out)
    return record


def rounds(
    request: Request, job: Job, log: RoundLog, *, watch: Watch = silent
) -> tuple[Record, SequentialSchedule]:
    """Measure until the judge has seen enough: the record so far, and how it was steered."""
    started = now()
    tools = request.config.tool_paths()
    with temporary.directory() as workdir:
        where = environment(request.provider, __version__, tools)
        require(job.plan.cases, where.facts)
        record = Record(plan=job.plan, environment=where, runs=(), started=started)
        record = demoted(record, Path(request.config.baselines))
        output_directory.begin(record, request.out)
        history = noise.load(record, Path(request.config.baselines))
        steering = SequentialSchedule(record.plan, history=history, watch=watch)
        with provider(request.provider).provision(workdir=workdir) as cluster:
            runs = measure(
                record.plan,
                job.component,
                cluster,
                start=partial(start, job.component),
                generator=request.generator,
                next_slots=steering,
                on_run=log.append,
                events=watch,
                out=request.out,
                workdir=workdir,
                tools=tools,
                done=log.read(),
                profile_problem=problem,
            )
    return replace(record, runs=runs, finished=now()), steering


def judged(
    record: Record,
    *,
    history: History | None = None,
    looks: Sequence[Look] = (),
    files: Path | None = None,
    anew: bool = False,
    baselines: Path | None = None,
) -> Record:
    """The record with its judgement, and with profile diffs where `files` holds the profiles.

    A record that has a judgement keeps it, unless it is to be judged `anew`. Without a `history`,
    the records under `baselines` tell what was known of the noise when it was measured.

    Raises `UsageError` for the runs of a search for redlines, which compare nothing.
    """
    if record.plan.search is not None:
        raise UsageError(
            "these are the runs of a search for redlines, not of a comparison",
            next_step="loadstone report DIRECTORY shows what was found",
        )
    if record.judgement is not None and not anew:
        return record
    if record.judgement is not None and any(w.code == BASELINE for w in record.judgement.warnings):
        raise UsageError(
            "this is a comparison with another day, whose rounds are never paired",
            next_step=f"judge it from what was measured: {again(record)}",
        )
    if record.judgement is None and not comparable(record):
        raise MeasurementFailed(
            so_far(record),
            next_step="look again when every case has been measured on both sides",
        )
    if record.judgement is not None:
        looks = looks or record.judgement.looks  # what was seen when stays what it was
    if history is None and baselines is not None:
        history = noise.before(record, baselines)
    judgement = judgement_of(record.plan, record.runs, history=history, looks=looks)
    judgement = scaled(judgement, record.plan.cases, record.runs)
    diffs, warnings = _told(record) if files is None else profiles(record.runs, files)
    judgement = replace(judgement, warnings=[*judgement.warnings, *warnings])
    record = replace(record, judgement=judgement, profiles=diffs)
    return _warned(record, extension.warnings(looks, record.plan.policy.alpha))


def comparable(record: Record) -> bool:
    """Whether there is anything to compare: of a session that goes on, from its first round on.

    Of one that has ended, the judge says what is missing.
    """
    return bool(record.finished) or not missing(record)


def _told(record: Record) -> tuple[Sequence[ProfileDiff], Sequence[Warn]]:
    """What a record says of its profiles, which stays true where their files are gone."""
    warnings = record.judgement.warnings if record.judgement is not None else ()
    return record.profiles, [warn for warn in warnings if warn.code in PROFILE_WARNINGS]


def against(
    record: Record, baseline: Record, *, gate: bool, baselines: Path | None = None
) -> Record:
    """Head of a run against head of a baseline: as a gate only where the two are comparable.

    Rounds of different days are never paired, so the comparison is the wider one; how wide, the
    records of the same series under `baselines` say.

    Raises `UnsafeGate` with every hindrance when it must not gate.
    """
    hindering = hindrances(record, baseline)
    if gate and hindering:
        raise UnsafeGate(
            "the baseline cannot gate: " + "; ".join(reason.text for reason in hindering),
            next_step="compare without --gate to see it as context, or save a baseline here",
        )
    tau = None if baselines is None else noise.drift(record, baselines)
    plans, policy = record.plan.cases, record.plan.policy
    judgement = across(record.runs, baseline.runs, plans, policy, tau=tau)
    base = replace(baseline.plan.head, side=Side.BASE)
    plan = replace(record.plan, base=base, commits=None)  # those are from the other base
    then = [replace(run, side=Side.BASE) for run in baseline.runs if run.side is Side.HEAD]
    today = [run for run in record.runs if run.side is Side.HEAD]
    joined = replace(record, plan=plan, runs=[*then, *today], judgement=judgement, profiles=())
    return _warned(
        joined, [Warn(code=reason.code, data={"text": reason.text}) for reason in hindering]
    )


def told(record: Record, asked: Mapping[str, Scalar]) -> Record:
    """The comparison with another day, which knows how it was asked for: see `report.again`."""
    return _warned(record, [Warn(code=BASELINE, data=asked)])


def sweep() -> list[str]:
    """Remove what killed runs left behind, and name it."""
    ended = [f"process {orphan.pid}: {orphan.command}" for orphan in processes.sweep()]
    clusters = [thing for name in PROVIDERS for thing in provider(name).sweep()]
    directories = [f"directory {path}" for path in temporary.sweep()]
    return [*ended, *clusters, *directories]


def demoted(record: Record, baselines: Path) -> Record:
    """The record with what alarms too often here reported and not gated, as its audit says."""
    audit = audits.load(record, baselines)
    if audit is None:
        return record
    cases = apply(audit.demotions, record.plan.cases)
    return replace(record, plan=replace(record.plan, cases=cases))


def _warned(record: Record, warnings: Sequence[Warn]) -> Record:
    judgement = record.judgement
    if judgement is None or not warnings:
        return record
    return replace(record, judgement=replace(judgement, warnings=[*warnings, *judgement.warnings]))
