"""Files that a repository gets for GitHub, and what is missing or unsafe in them, as plain text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

# State of a file → what that means, for one that was not written just now.
STATES: Mapping[str, str] = {
    "new": "not there",
    "current": "up to date",
    "outdated": "this version would write it otherwise: `loadstone init --update`",
    "changed": "yours since you changed it: left alone",
    "foreign": "not written by `loadstone init`: left alone",
}
NEXT = """
next:
  1. finish .github/loadstone/component.yaml, and try it: loadstone plan --config \
.github/loadstone.yaml --base HEAD~1 --head HEAD
  2. loadstone doctor --github
  3. commit these files to the default branch: only there can comments and deliveries start them
"""
GOOD = "nothing is missing, and nothing unsafe was found"


class RepositoryFile(Protocol):
    """A file beside what it should be."""

    @property
    def path(self) -> str: ...

    @property
    def state(self) -> str: ...

    @property
    def diff(self) -> str: ...


class RepositoryFinding(Protocol):
    """Something that is missing or unsafe."""

    @property
    def severity(self) -> str: ...

    @property
    def where(self) -> str: ...

    @property
    def what(self) -> str: ...

    @property
    def mend(self) -> str: ...


def proposed(files: Sequence[RepositoryFile], written: Sequence[str]) -> str:
    """What was written and what was not, and what this version would change."""
    said = {each.path: "written" if each.path in written else STATES[each.state] for each in files}
    lines = [f"{path}: {what}" for path, what in said.items()]
    diffs = [each.diff for each in files if each.diff and each.path not in written]
    return "\n".join([*lines, *(f"\n{diff}" for diff in diffs), *([NEXT] if written else [])])


def findings(found: Sequence[RepositoryFinding]) -> str:
    """Each finding with what to do, the unsafe ones first."""
    order = ("unsafe", "missing", "advice")
    lines = [
        f"{each.severity}: {each.where}: {each.what}\n  to mend it: {each.mend}"
        for each in sorted(found, key=lambda each: order.index(each.severity))
    ]
    return "\n".join(lines) or GOOD
