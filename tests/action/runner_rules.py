"""The rules by which GitHub's runner looks for workflow commands in a log, for tests.

They are those of its command manager as it is published: a line that begins with `::` after white
space, or holds `##[` anywhere, is a command where its name is known; after `stop-commands` only the
token it gave is known; lines end at `\\n`, `\\r` and `\\r\\n`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

KNOWN = frozenset(
    {
        *("add-mask", "add-path", "set-env", "set-output", "save-state", "stop-commands"),
        *("debug", "notice", "warning", "error", "group", "endgroup", "echo", "add-matcher"),
        *("remove-matcher", "internal-set-repo-path"),
    }
)
Escapes = tuple[tuple[tuple[str, str], ...], ...]
_DATA = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))
_PROPERTY = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))


@dataclass(frozen=True, kw_only=True)
class ObeyedCommand:
    """A command that the runner carries out."""

    name: str
    data: str
    properties: dict[str, str]


def obeyed(log: str) -> list[ObeyedCommand]:
    """The commands in a log that a runner would carry out, without those that stop it."""
    found: list[ObeyedCommand] = []
    token = ""
    for line in re.split(r"\r\n|\r|\n", log):
        known = {token} if token else KNOWN
        command = _double_colon(line, known) or _bracket(line, known)
        if command is None:
            continue
        if token:
            token = ""
        elif command.name == "stop-commands":
            token = command.data.lower()
        else:
            found.append(command)
    return found


def _double_colon(line: str, known: frozenset[str] | set[str]) -> ObeyedCommand | None:
    text = line.lstrip()
    if not text.startswith("::") or "::" not in text[2:]:
        return None
    head, _, data = text[2:].partition("::")
    return _command(head, data, known, ",", (_DATA, _PROPERTY))


def _bracket(line: str, known: frozenset[str] | set[str]) -> ObeyedCommand | None:
    found = re.search(r"##\[([^\]]*)\](.*)", line)
    return _command(found[1], found[2], known, ";", (_DATA, _PROPERTY)) if found else None


def _command(
    head: str, data: str, known: frozenset[str] | set[str], separator: str, escapes: Escapes
) -> ObeyedCommand | None:
    name, _, said = head.strip().partition(" ")
    if name.lower() not in known:
        return None
    pairs = (each.partition("=") for each in said.split(separator) if "=" in each)
    properties = {key.strip(): _plain(value, escapes[1]) for key, _, value in pairs}
    return ObeyedCommand(name=name.lower(), data=_plain(data, escapes[0]), properties=properties)


def _plain(text: str, escapes: tuple[tuple[str, str], ...]) -> str:
    for written, meant in escapes:
        text = text.replace(written, meant)
    return text
