"""The files of a bisection: what was decided before the first pair, its steps, its answer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec

from loadstone import __version__
from loadstone.errors import UsageError
from loadstone.flows import output_directory
from loadstone.flows.prepare import now
from loadstone.flows.prepare_bisect import BisectJob
from loadstone.model import Environment, Note
from loadstone.model.bisect import BISECT_VERSION, BisectRecord
from loadstone.store import files
from loadstone.store.decode import decode
from loadstone.store.records import load as load_record
from loadstone.store.records import read
from loadstone.store.rounds import fingerprint

SEARCH = "search.json"
ANSWER = "bisect.json"
STEPS = "steps"
_PASSED = "passed-over.json"
_MOST_BYTES = 64 * 1024 * 1024
_NEXT = "search anew into another directory with --out"


def begun(found: BisectJob, out: Path, *, resume: bool) -> BisectRecord:
    """Begin a search in `out`, or go on with the one that is there.

    Raises `UsageError` where one is there and is not gone on with, or is of another range.
    """
    here, fresh = out / SEARCH, empty(found)
    if not resume:
        if here.exists():
            raise UsageError(
                f"{out} holds a search already",
                next_step="go on with it by --resume, or choose another directory with --out",
            )
        files.replace(here, msgspec.json.encode(fresh) + b"\n")
        return fresh
    if not here.exists():
        raise UsageError(
            f"there is no search in {out} to go on with",
            next_step="leave out --resume, or name the directory of the search with --out",
        )
    earlier = load(here)
    differing = _differing(earlier, fresh)
    if differing:
        raise UsageError(
            f"the search in {out} is another one: {', '.join(differing)} differ", next_step=_NEXT
        )
    return replace(fresh, started=earlier.started)


def empty(found: BisectJob) -> BisectRecord:
    """The record of a search before its first pair."""
    plan = found.job.plan
    return BisectRecord(
        plan=plan,
        metric=found.metric,
        environment=Environment(provider=plan.provider, harness=__version__, key=""),
        commits=found.commits,
        cost=found.cost,
        alpha=found.terms.alpha,
        started=now(),
    )


def _differing(earlier: BisectRecord, fresh: BisectRecord) -> list[str]:
    mine, theirs = fingerprint(earlier.plan), fingerprint(fresh.plan)
    found = [name for name in sorted(mine.keys() | theirs) if mine.get(name) != theirs.get(name)]
    if [each.hash for each in earlier.commits] != [each.hash for each in fresh.commits]:
        found.append("commits")
    return [*found, *(["metric"] if earlier.metric != fresh.metric else [])]


def load(path: Path) -> BisectRecord:
    """Read a search or its answer. Raises `InvalidFile`, `UsageError`."""
    where = str(path)
    record = decode(read(path, most=_MOST_BYTES), BisectRecord, where=where, next_step=_NEXT)
    if record.version != BISECT_VERSION:
        raise UsageError(
            f"{path} was written by another release of Loadstone (version {record.version})",
            next_step=_NEXT,
        )
    return record


def save(record: BisectRecord, out: Path) -> None:
    """Write the answer whole or not at all."""
    files.replace(out / ANSWER, msgspec.json.encode(record) + b"\n")


def folder(out: Path, number: int, commit: str) -> Path:
    """The directory of a step's session."""
    return out / STEPS / f"{number:02}-{commit[:12]}"


def measured(step: Path) -> bool:
    """Whether runs of a step are there, to go on with."""
    return (step / output_directory.ROUNDS).exists()


def environment(step: Path) -> Environment:
    """The environment that a step was measured in."""
    return load_record(step / output_directory.SESSION).environment


def pass_over(step: Path, why: Note) -> None:
    """Keep why a commit was passed over."""
    files.replace(step / _PASSED, msgspec.json.encode(why) + b"\n")


def passed(step: Path) -> Note | None:
    """The reason why a commit was passed over when this was searched before, or None."""
    path = step / _PASSED
    if not path.exists():
        return None
    return decode(read(path, most=_MOST_BYTES), Note, where=str(path), next_step=f"remove {path}")


def require_machine(out: Path, key: str) -> None:
    """Raise `UsageError` where steps were measured on a machine that is not like this one."""
    for path in sorted((out / STEPS).glob(f"*/{output_directory.SESSION}")):
        then = load_record(path).environment.key
        if then != key:
            raise UsageError(
                f"{path.parent} was measured in environment {then}, and this is {key}",
                next_step="go on where it was begun; pairs of two machines are never mixed",
            )
