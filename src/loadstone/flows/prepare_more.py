"""Preparation of a session that goes on: what was measured is found again, and held to it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from loadstone.component.revisions.pod_image import MADE_HERE
from loadstone.component.revisions.resolve import find, make
from loadstone.errors import UsageError
from loadstone.flows import output_directory
from loadstone.flows.prepare import sketch
from loadstone.flows.prepared_job import Job
from loadstone.flows.request import Request
from loadstone.flows.revision_programs import say, sourced, worded_builds
from loadstone.flows.settings import cache_directory, tool_paths
from loadstone.formats.configuration import Config
from loadstone.model import Environment, Plan, Record, Revision
from loadstone.model.events import Watch, progress
from loadstone.report.common.commands import command
from loadstone.store.rounds import RoundLog


def finished(out: Path) -> Record:
    """The record of a finished comparison. Raises `UsageError` where `out` holds none."""
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


def prepared(measured: Plan, out: Path, config: Config, watch: Watch) -> Job:
    """The job of the same files and the very programs that were measured.

    Programs that are gone, as on another runner, are built or fetched anew.
    A branch that has moved on since is no reason to measure another commit.
    """
    job, cache = sketch(_request(measured, out, config)), cache_directory(config)
    tools = tool_paths(config)

    def again(known: Revision) -> Revision:
        kept = known.source not in MADE_HERE if known.image else not known.executable
        if (kept and _has_definitions(known)) or (known.executable and _is_there(known)):
            return known
        asked = f"build:{known.commit}" if known.source == "build" else known.asked
        tell = progress(watch)
        with worded_builds():
            found = find(
                sourced(job.component, measured.place),
                asked,
                known.side,
                cache=cache,
                image_ok=bool(known.image),
                progress=tell,
                tools=tools,
            )
            found = make(job.component, found, cache=cache, progress=tell, tools=tools)
        say(found.notes, tell)
        return replace(found, asked=known.asked, label=known.label)

    base, head = again(measured.base), again(measured.head)
    return replace(job, plan=replace(job.plan, base=base, head=head))


def _request(plan: Plan, out: Path, config: Config) -> Request:
    """What was asked for when the session began, so that the same is found again."""
    return Request(
        scenarios=plan.scenarios,
        component=plan.asked or plan.component,
        base=plan.base.asked,
        head=plan.head.asked,
        provider=plan.provider,
        place=plan.place,
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


def _has_definitions(known: Revision) -> bool:
    return not known.definitions or Path(known.definitions).is_file()


def _is_there(known: Revision) -> bool:
    path = Path(known.executable)
    if not path.is_file() or not _has_definitions(known):
        return False
    with path.open("rb") as file:
        return known.digest.endswith(hashlib.file_digest(file, "sha256").hexdigest())


def require_same(log: RoundLog, plan: Plan, out: Path) -> None:
    """Raises `UsageError` where files or programs are not those that were measured."""
    differing = [part for part in log.differs(plan) if part != "policy"]
    if differing:
        raise UsageError(
            f"the session in {out} was of other files or programs: {', '.join(differing)} differ"
            + ("s" if len(differing) == 1 else ""),
            next_step=f"measure anew: {command(plan)}",
        )


def require_same_machine(then: Environment, here: Environment, out: Path) -> None:
    """Raises `UsageError` on a machine that is not like the one that measured."""
    if then.key != here.key:
        raise UsageError(
            f"{out} was measured in environment {then.key}, and this is {here.key}",
            next_step="go on where it was begun; rounds of two machines are never mixed",
        )
