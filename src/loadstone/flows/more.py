"""A finished session that goes on: the flow of `loadstone more`.

    record.json ─► extension ─► rounds ─► comparison ─► report

What is asked for is kept in `more.json` until it is done, so that an interrupted extension goes on
as it was begun. The runs are appended to the log of the session, whose plan then has one more look.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import msgspec

from loadstone.component.revisions.resolve import resolve
from loadstone.errors import UsageError
from loadstone.flows import output_directory
from loadstone.flows.judge import judged
from loadstone.flows.knowledge import noise
from loadstone.flows.prepare import Job, now, say, sketch, worded_builds
from loadstone.flows.request import Request
from loadstone.flows.schedules import extension
from loadstone.flows.schedules.extension import Extension
from loadstone.flows.schedules.sequential import judged as judgement_of
from loadstone.flows.session import Session, session
from loadstone.flows.settings import cache_directory
from loadstone.formats.configuration import Config
from loadstone.measure.session import Measure, measure
from loadstone.model import Environment, Judgement, Plan, Record, Revision
from loadstone.model.events import LookTaken, Progress, SessionPlanned, Watch, progress, silent
from loadstone.profiles.pprof import problem
from loadstone.report.common.commands import command
from loadstone.report.progress.common_lines import going_on
from loadstone.store import files
from loadstone.store.decode import decode
from loadstone.store.records import read
from loadstone.store.rounds import RoundLog
from loadstone.store.table import open_store
from loadstone.system.lock import claimed

_MOST_BYTES = 1_000_000  # of `more.json`, which names some cases


def run(
    out: Path,
    config: Config,
    *,
    rounds: int | None = None,
    globs: Sequence[str] = (),
    watch: Watch = silent,
    measuring: Measure = measure,
) -> Record:
    """Measure more rounds of a finished session, judge all of them, and write every file anew.

    Raises `UsageError` for a directory that holds no finished comparison, whose files or programs
    are no longer those that were measured, or that another machine wrote.
    """
    if not out.is_dir():
        raise UsageError(
            f"{out} is no directory that `loadstone run` wrote",
            next_step="give the directory that `--out` of `loadstone run` named",
        )
    with claimed(out):
        record = judged(_finished(out), baselines=open_store(config.baselines))
        job = _programs(sketch(_request(record.plan, out, config)), record.plan, config, watch)
        log = RoundLog(out / output_directory.ROUNDS)
        asked = _asked(record, out, rounds=rounds, globs=globs, watch=watch)
        with session(
            job,
            log,
            config=config,
            go_on=f"loadstone more {out} goes on from there",
            watch=watch,
            measuring=measuring,
        ) as begun:
            return _session(record, asked, begun)


def _finished(out: Path) -> Record:
    if not (out / output_directory.RECORD).exists() and (out / output_directory.SESSION).exists():
        unfinished = output_directory.load(out)
        raise UsageError(
            f"the session in {out} is not finished",
            next_step=f"{command(unfinished.plan)} --out {out} --resume",
        )
    record = output_directory.load(out)
    if record.plan.search is not None:
        raise UsageError(
            "a search for redlines has no rounds to add",
            next_step="loadstone redline --resume --budget MINUTES goes on with it",
        )
    if not (out / output_directory.ROUNDS).exists():
        raise UsageError(
            f"{out} has no {output_directory.ROUNDS}, to which runs could be added",
            next_step=f"measure anew: {command(record.plan)}",
        )
    return record


def _request(plan: Plan, out: Path, config: Config) -> Request:
    """What was asked for when the session began, so that the same is found again."""
    return Request(
        scenarios=plan.scenarios,
        component=plan.asked or plan.component,
        base=plan.base.asked,
        head=plan.head.asked,
        provider=plan.provider,
        tier=plan.tier,
        out=out,
        cases=plan.selected,
        seed=plan.seed,
        alpha=plan.policy.alpha,
        goal=plan.policy.goal,
        looks=plan.policy.looks,
        certain=plan.policy.certain,
        generator=plan.generator or "openloop",
        config=config,
        config_file=plan.config,
    )


def _programs(job: Job, measured: Plan, config: Config, watch: Watch) -> Job:
    """The job with the very programs that were measured; built or fetched anew where they went.

    A branch that has moved on since is no reason to measure another commit.
    """
    cache = cache_directory(config)

    def again(known: Revision) -> Revision:
        if not known.executable or _is_there(known):
            return known
        asked = f"build:{known.commit}" if known.source == "build" else known.asked
        tell = progress(watch)
        with worded_builds():
            found = resolve(job.component, asked, known.side, cache=cache, progress=tell)
        say(found.notes, tell)
        return replace(found, asked=known.asked, label=known.label)

    base, head = again(measured.base), again(measured.head)
    return replace(job, plan=replace(job.plan, base=base, head=head))


def _is_there(known: Revision) -> bool:
    path = Path(known.executable)
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return known.digest.endswith(hashlib.file_digest(file, "sha256").hexdigest())


def _asked(
    record: Record, out: Path, *, rounds: int | None, globs: Sequence[str], watch: Watch
) -> Extension:
    """What to go on with: what was begun and interrupted, before anything new."""
    path = out / output_directory.MORE
    if path.exists():
        begun = decode(
            read(path, most=_MOST_BYTES), Extension, where=str(path), next_step=f"remove {path}"
        )
        if rounds not in (None, begun.rounds):
            raise UsageError(
                f"{begun.rounds} more rounds were begun in {out} and are not finished",
                next_step=f"loadstone more {out} goes on with them",
            )
        watch(Progress(text=going_on(begun.rounds)))
        return begun
    assert record.judgement is not None  # noqa: S101  (`run` judged it)
    return extension.extension(
        record.judgement, record.plan, record.runs, rounds=rounds, globs=globs
    )


def _session(record: Record, asked: Extension, begun: Session) -> Record:
    before = record.judgement
    assert before is not None  # noqa: S101  (`run` judged it)
    job, out = begun.job, begun.out
    _same(begun.log, job.plan, out)
    _same_machine(record.environment, begun.environment, out)
    looks = [*before.looks, extension.begun(before, asked)]
    policy = extension.extended(record.plan.policy, before.looks, asked)
    plan = replace(record.plan, base=job.plan.base, head=job.plan.head, policy=policy)
    files.replace(out / output_directory.MORE, msgspec.json.encode(asked) + b"\n")
    begun.log.retitle(replace(job.plan, policy=policy))
    begun.watch(SessionPlanned(plan=plan))
    begun.watch(LookTaken(look=looks[-1], judgement=before))
    schedule = partial(extension.due, plan, asked)
    record = begun.measure(replace(record, plan=plan), schedule, profile_problem=problem)
    return _written(replace(record, judgement=None), before, asked, out, begun.config)


def _written(
    record: Record, before: Judgement, asked: Extension, out: Path, config: Config
) -> Record:
    """The record of all rounds, judged with what was known of the noise when it was begun."""
    history = noise.before(record, open_store(config.baselines))
    found = judgement_of(record.plan, record.runs, history=history, looks=())
    looks = [*before.looks, extension.begun(before, asked), extension.ended(found, asked)]
    record = judged(replace(record, finished=now()), history=history, looks=looks, files=out)
    output_directory.write(record, out)
    (out / output_directory.MORE).unlink(missing_ok=True)
    return record


def _same(log: RoundLog, plan: Plan, out: Path) -> None:
    """Raises `UsageError` where files or programs are not those that were measured."""
    differing = [part for part in log.differs(plan) if part != "policy"]
    if differing:
        raise UsageError(
            f"the session in {out} was of other files or programs: {', '.join(differing)} differ"
            + ("s" if len(differing) == 1 else ""),
            next_step=f"measure anew: {command(plan)}",
        )


def _same_machine(then: Environment, here: Environment, out: Path) -> None:
    if then.key != here.key:
        raise UsageError(
            f"{out} was measured in environment {then.key}, and this is {here.key}",
            next_step="go on where it was begun; rounds of two machines are never mixed",
        )
