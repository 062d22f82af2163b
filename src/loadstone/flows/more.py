"""A finished session that goes on: the flow of `loadstone more`.

    record.json ─► extension ─► rounds ─► comparison ─► report

What is asked for is kept in `more.json` until it is done, so that an interrupted extension goes on
as it was begun. The runs are appended to the log of the session, whose plan then has one more look.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import msgspec

from loadstone.errors import UsageError
from loadstone.flows import output_directory
from loadstone.flows.judge import judged
from loadstone.flows.knowledge import noise
from loadstone.flows.prepare import now
from loadstone.flows.prepare_more import finished, prepared, require_same, require_same_machine
from loadstone.flows.schedules import extension
from loadstone.flows.schedules.extension import Extension
from loadstone.flows.schedules.sequential import judged as judgement_of
from loadstone.flows.session import Session, session
from loadstone.formats.configuration import Config
from loadstone.measure.session import Measure, measure
from loadstone.model import Judgement, Record, Verdict
from loadstone.model.events import LookTaken, Progress, SessionPlanned, Watch, silent
from loadstone.profiles.reading import problem
from loadstone.report.progress.common_lines import going_on
from loadstone.stats.comparison.coupling import cores
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
    only: Collection[Verdict] = (),
    watch: Watch = silent,
    measuring: Measure = measure,
) -> Record:
    """Measure more rounds of a finished session, judge all of them, and write every file anew.

    `only`: the cases with a gated row of such a verdict, inconclusive or invalid.

    Raises `UsageError` for a directory that holds no finished comparison, whose files or programs
    are no longer those that were measured, or that another machine wrote.
    """
    if not out.is_dir():
        raise UsageError(
            f"{out} is no directory that `loadstone run` wrote",
            next_step="give the directory that `--out` of `loadstone run` named",
        )
    with claimed(out):
        record = judged(finished(out), baselines=open_store(config.baselines))
        job = prepared(record.plan, out, config, watch)
        log = RoundLog(out / output_directory.ROUNDS)
        asked = _asked(record, out, rounds=rounds, globs=globs, only=only, watch=watch)
        with session(
            job,
            log,
            config=config,
            go_on=f"loadstone more {out} goes on from there",
            watch=watch,
            measuring=measuring,
        ) as begun:
            return _session(record, asked, begun)


def _asked(
    record: Record,
    out: Path,
    *,
    rounds: int | None,
    globs: Sequence[str],
    only: Collection[Verdict],
    watch: Watch,
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
        record.judgement, record.plan, record.runs, rounds=rounds, globs=globs, only=only
    )


def _session(record: Record, asked: Extension, begun: Session) -> Record:
    before = record.judgement
    assert before is not None  # noqa: S101  (`run` judged it)
    job, out = begun.job, begun.out
    require_same(begun.log, job.plan, out)
    require_same_machine(record.environment, begun.environment, out)
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
    usable = cores(record.environment.facts)
    found = judgement_of(record.plan, record.runs, history=history, looks=(), cores=usable)
    looks = [*before.looks, extension.begun(before, asked), extension.ended(found, asked)]
    record = judged(replace(record, finished=now()), history=history, looks=looks, files=out)
    output_directory.write(record, out)
    (out / output_directory.MORE).unlink(missing_ok=True)
    return record
