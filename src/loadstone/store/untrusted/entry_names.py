"""Names of an artifact's files: which are read, which are passed over, which no run has written."""

from __future__ import annotations

import re
from enum import Enum, auto

from loadstone.store.untrusted.artifact_limits import Limits

MEASURED = "measured.json"  # what a job says of all its components
PASSED_OVER = "passed-over.json"  # why a commit of a bisection has no runs
READ = frozenset({"session.json", "rounds.jsonl", MEASURED, PASSED_OVER})
# What a run writes beside them and is made anew here, or is not needed.
_MADE_ANEW = frozenset(
    {
        *("record.json", "comparison.json", "report.md", "report.html", "junit.xml"),
        *("redline.json", "redline.md", "redline.html", "more.json"),
    }
)
_LOGS = re.compile(r"cluster(-[0-9])?-logs\.tar\.gz")
_PART = re.compile(r"\.?[A-Za-z0-9_=,-][A-Za-z0-9._=,-]*")
_PROFILE = re.compile(r"profiles/.+\.pb\.gz")
_COMPONENT = re.compile(r"component-[1-9][0-9]{0,2}(?:-audit)?/")


class Use(Enum):
    """The use of a file by its name."""

    READ = auto()
    PASSED_OVER = auto()
    REFUSED = auto()  # the name itself is an attempt, or no name for every system


def use(name: str, limits: Limits, under: str = "") -> Use:
    """Decide by the name alone: absolute, climbing, odd and overlong ones are refused.

    `under`: the folder of which files are read, with its slash; others are passed over.
    """
    parts = name.split("/")
    if len(name) > limits.path or len(parts) > limits.depth:
        return Use.REFUSED
    if not all(_PART.fullmatch(part) and not part.endswith(".") for part in parts):
        return Use.REFUSED
    inner = name.removeprefix(under)
    mine = name.startswith(under) and (inner in READ or _PROFILE.fullmatch(inner))
    return Use.READ if mine else Use.PASSED_OVER


def foreign(name: str) -> bool:
    """Whether a file that is passed over is none that a run writes, of whichever component."""
    component = _COMPONENT.match(name)
    if name == MEASURED or (component and use(name, Limits(), component[0]) is Use.READ):
        return False
    name = name[component.end() :] if component else name
    beside = name in _MADE_ANEW or _LOGS.fullmatch(name)
    return not beside and not name.startswith(("earlier/", "prometheus/"))
