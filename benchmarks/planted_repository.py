"""A repository of the planted Go component in which one commit of several plants one flaw.

The base has the flaw's function as it should be; then come a commit that touches something else,
the one that makes that function dearer, and another that touches something else. So what a report
says of functions, lines and commits can be held against what was done.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "tests" / "real" / "modules" / "planted"
FILE = "flaws.go"
# The same commits every time, so that what was built of them can be found again.
_SAID = {"NAME": "Nobody", "EMAIL": "nobody@localhost", "DATE": "1700000000 +0000"}
_NOBODY = {
    f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in _SAID.items()
}


@dataclass(frozen=True, kw_only=True)
class Flaw:
    """What the head does more, and the function and kinds of profile that have to say so.

    `good` and `bad`: lines of the function before and after; the module has either.
    """

    name: str
    flags: tuple[str, ...] = ()  # of both sides
    function: str = ""
    kinds: tuple[str, ...] = ()
    good: str = ""
    bad: str = ""


FLAWS = (
    Flaw(name="nothing"),
    Flaw(
        name="busy-loop",
        flags=("--work=100",),
        function="main.work",
        kinds=("cpu",),
        good="\tfor range steps {\n",
        bad="\tfor range 500 * steps {\n",
    ),
    Flaw(
        name="allocations",
        flags=("--garbage=1", "--garbage-bytes=512"),
        function="main.Flaws.allocate",
        kinds=("allocs",),
        good="\tfor range f.Garbage {\n",
        bad="\tfor range 40 * f.Garbage {\n",
    ),
    Flaw(
        name="keys",
        flags=("--keys=400",),
        function="main.keepKey",
        kinds=("heap",),
        good='\ttable["last of "+key[:1]] = make([]byte, 256)\n',
        bad="\ttable[key] = make([]byte, 256)\n",
    ),
    Flaw(
        name="lock",
        flags=("--held=1us",),
        function="main.Flaws.holdLock",
        kinds=("mutex", "cpu"),
        good="time.Now().Add(f.Held)",
        bad="time.Now().Add(100 * f.Held)",
    ),
    Flaw(
        name="goroutines",
        flags=("--leaks=10",),
        function="main.waitForever",
        kinds=("goroutine",),
        good="\tselect {\n\tcase <-never:\n\tdefault:\n\t}\n",
        bad="\t<-never\n",
    ),
)


@dataclass(frozen=True, kw_only=True)
class PlantedRepository:
    """Its path, the commits to compare and the one between them that has the flaw.

    `lines`: the first and last line of the flaw's function in the head.
    """

    path: Path
    base: str
    head: str
    planted: str
    lines: tuple[int, int] = (0, 0)


def make(place: Path, flaw: Flaw) -> PlantedRepository:
    """Make the repository of a flaw in a new directory; of none, base and head are the same."""
    shutil.copytree(SOURCE, place)
    _git(place, "init", "--quiet", "--initial-branch=main")
    bad = (place / FILE).read_text()
    good = bad
    if flaw.function:
        bad, good = _either(bad, flaw.good, flaw.bad)
    base = _commit(place, {FILE: good}, "Serve routes")
    if not flaw.function:
        return PlantedRepository(path=place, base=base, head=base, planted="")
    other = (place / "metrics.go").read_text()
    _commit(place, {"metrics.go": f"{other}\n// No metric is labelled.\n"}, "Say what is not there")
    planted = _commit(place, {FILE: bad}, f"Plant {flaw.name}")
    head = _commit(place, {"README": "A proxy.\n"}, "Say what it is")
    return PlantedRepository(
        path=place, base=base, head=head, planted=planted, lines=_lines(bad, flaw.function)
    )


def _either(text: str, good: str, bad: str) -> tuple[str, str]:
    """The text with the flaw and the one without; the module is one of them."""
    if (text.count(good), text.count(bad)) == (1, 0):
        return text.replace(good, bad), text
    if (text.count(good), text.count(bad)) == (0, 1):
        return text, text.replace(bad, good)
    raise ValueError(f"{FILE} has neither {good!r} nor {bad!r} just once")


def _lines(text: str, function: str) -> tuple[int, int]:
    """The first and last line of a function of the file."""
    name = function.rpartition(".")[2]
    lines = text.split("\n")
    first = next(
        at for at, line in enumerate(lines, 1) if line.startswith("func ") and f"{name}(" in line
    )
    last = next(at for at, line in enumerate(lines, 1) if at > first and line == "}")
    return first, last


def _commit(place: Path, files: Mapping[str, str], message: str) -> str:
    for name, text in files.items():
        (place / name).write_text(text)
    _git(place, "add", "--all")
    _git(place, "commit", "--quiet", "--message", message)
    return _git(place, "rev-parse", "HEAD")


def _git(place: Path, *words: str) -> str:
    command = ["git", "-c", "core.hooksPath=/dev/null", "-c", "commit.gpgSign=false", *words]
    return subprocess.check_output(command, cwd=place, env=os.environ | _NOBODY, text=True).strip()
