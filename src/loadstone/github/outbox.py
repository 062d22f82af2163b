"""The outbox: effects that could not be delivered, as a file that `loadstone deliver` sends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import msgspec

from loadstone.errors import InvalidFile, Problem
from loadstone.github.perform import GithubEffect, UndeliveredEffect

VERSION = 1
LONGEST = 10 * 1024 * 1024  # By
_KINDS: dict[str, type[GithubEffect]] = {kind.__name__: kind for kind in get_args(GithubEffect)}


@dataclass(frozen=True, kw_only=True)
class Outbox:
    """Undelivered effects of one repository and origin."""

    repository: str
    origin: str
    undelivered: Sequence[UndeliveredEffect]


class _Item(msgspec.Struct, forbid_unknown_fields=True):
    kind: str
    effect: msgspec.Raw
    reason: str = ""
    next_step: str = ""


class _File(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    repository: str
    origin: str
    undelivered: list[_Item]


def written(outbox: Outbox) -> bytes:
    """The file."""
    items: list[Any] = [
        {
            "kind": type(one.effect).__name__,
            "effect": msgspec.to_builtins(one.effect),
            "reason": one.reason,
            "next_step": one.next_step,
        }
        for one in outbox.undelivered
    ]
    content = {
        "version": VERSION,
        "repository": outbox.repository,
        "origin": outbox.origin,
        "undelivered": items,
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"


def read(path: Path) -> Outbox:
    """Read a file. Raises `InvalidFile` with all that is wrong."""
    with path.open("rb") as file:
        data = file.read(LONGEST + 1)
    if len(data) > LONGEST:
        raise InvalidFile([Problem(where=str(path), what=f"more than {LONGEST} bytes")])
    try:
        found = msgspec.json.decode(data, type=_File)
    except msgspec.DecodeError as error:
        raise InvalidFile([Problem(where=str(path), what=str(error))]) from error
    if found.version != VERSION:
        what = f"version {found.version}"
        hint = f"this Loadstone reads version {VERSION}"
        raise InvalidFile([Problem(where=f"{path}: version", what=what, hint=hint)])
    undelivered: list[UndeliveredEffect] = []
    problems: list[Problem] = []
    for index, item in enumerate(found.undelivered):
        try:
            undelivered.append(_read(item))
        except (msgspec.DecodeError, KeyError) as error:
            where = f"{path}: undelivered[{index}]"
            problems.append(Problem(where=where, what=f"{item.kind}: {error}"))
    if problems:
        raise InvalidFile(problems)
    return Outbox(repository=found.repository, origin=found.origin, undelivered=undelivered)


def _read(item: _Item) -> UndeliveredEffect:
    effect: GithubEffect = msgspec.json.decode(item.effect, type=_KINDS[item.kind])
    return UndeliveredEffect(effect=effect, reason=item.reason, next_step=item.next_step)
