"""The reach of a change: which functions a diff touches, which call those, and which it misses.

A function is touched where its lines differ between the revisions, or where it is of a module that
was built in another version. What is known of neither is left out: a diff that says nothing of the
code is no proof that the code is the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from loadstone.model import Commits, GoBuild
from loadstone.model.changed_files import changed_file
from loadstone.profiles.diff import RunCosts
from loadstone.profiles.frames import FunctionFile, Stack
from loadstone.profiles.origins import Origin
from loadstone.profiles.stories import BothSides

Ranges = Mapping[str, Sequence[Sequence[int]]]
_ELSEWHERE = (Origin.STANDARD, Origin.RUNTIME)


class Reach(StrEnum):
    """The way in which a change comes to a function."""

    TOUCHED = "touched"  # its own lines, or the version of its module
    FILE = "file"  # other lines of its file
    CALLS = "calls"  # what it calls is touched
    NONE = "none"  # nothing that it calls, or that calls it, is touched
    UNKNOWN = ""


@dataclass(frozen=True, kw_only=True)
class CodeChange:
    """The difference between two programs: lines of files, versions of modules, the toolchain.

    `lines`: path → ranges in the head, None where nobody knows the files of both. `by`: path → of
    each range the commit that made it, where it is known. `tails`: see `changed_file`.
    """

    lines: Ranges | None = None
    by: Mapping[str, Sequence[str]] = field(default_factory=dict)
    tails: Mapping[str, str] = field(default_factory=dict)
    modules: Collection[str] = field(default_factory=frozenset)
    toolchain: str = ""  # go1.22.1 → go1.24.3, where it is another
    none: bool = False  # the code is known to be the same


def code_change(commits: Commits | None, base: GoBuild | None, head: GoBuild | None) -> CodeChange:
    """The change between two revisions, as far as Git and the programs tell."""
    lines = commits.changed or None if commits else None
    by = commits.by if commits else {}
    tails = commits.tails if commits else {}
    if base is None or head is None:
        return CodeChange(lines=lines, by=by, tails=tails)
    names = {*base.modules, *head.modules}
    other = base.toolchain != head.toolchain
    modules = frozenset(
        name
        for name in names
        if base.modules.get(name) != head.modules.get(name)
        or base.replaced.get(name) != head.replaced.get(name)
    )
    return CodeChange(
        lines=lines,
        by=by,
        tails=tails,
        modules=modules,
        toolchain=f"{base.toolchain} → {head.toolchain}" if other else "",
        none=not modules and _same_code(base, head),
    )


def _same_code(base: GoBuild, head: GoBuild) -> bool:
    """Whether both programs' own code is surely the same: one commit, or one release of a module.

    What was built in a directory that Git does not know has the version `(devel)`, whatever it is.
    """
    if base.module != head.module:
        return False
    if base.commit or head.commit:
        return base.commit == head.commit
    return base.version == head.version and base.version not in ("", "(devel)")


class ReachOfChange:
    """The reach of one change in the profiles of one case and kind."""

    def __init__(self, sides: BothSides, change: CodeChange) -> None:
        self._sides, self._change = sides, change
        runs = [*sides.base, *sides.head]
        self._files = _files(runs)
        self._last = _last_lines(sides.head)
        self._stacks = _stacks(runs)
        self._own: dict[str, Reach] = {}

    def of(self, name: str) -> Reach:
        """How the change comes to a function, by every stack that it is in."""
        own = self._touched(name)
        if own is Reach.TOUCHED or self._change.lines is None:
            return own if own is Reach.TOUCHED else Reach.UNKNOWN
        near = False
        for stack in self._stacks:
            if name not in stack:
                continue
            place = stack.index(name)
            if any(self._touched(each) is Reach.TOUCHED for each in stack[place + 1 :]):
                return Reach.CALLS
            near = near or any(self._touched(each) is not Reach.UNKNOWN for each in stack[:place])
        if own is Reach.FILE:
            return own
        return Reach.UNKNOWN if near or self._change.toolchain else Reach.NONE

    def commits(self, name: str) -> list[str]:
        """The commits that touched a function, or the nearest that it calls and that is touched."""
        if self._touched(name) is Reach.TOUCHED:
            return self._by(name)
        called = (stack[stack.index(name) + 1 :] for stack in self._stacks if name in stack)
        touched = (
            each for below in called for each in below if self._touched(each) is Reach.TOUCHED
        )
        return sorted({commit for each in set(touched) for commit in self._by(each)})

    def _by(self, name: str) -> list[str]:
        path, hits = self._hits(name)
        known = self._change.by.get(path, ())
        return list(dict.fromkeys(known[at] for at in hits if at < len(known) and known[at]))

    def _touched(self, name: str) -> Reach:
        found = self._own.get(name)
        if found is None:
            found = self._own[name] = self._look(name)
        return found

    def _look(self, name: str) -> Reach:
        whose = self._sides.origin(name)
        if whose.origin is Origin.DEPENDENCY:
            return Reach.TOUCHED if whose.module in self._change.modules else Reach.UNKNOWN
        if whose.origin in _ELSEWHERE or self._change.lines is None:
            return Reach.UNKNOWN
        path, hits = self._hits(name)
        return Reach.TOUCHED if hits else Reach.FILE if path else Reach.UNKNOWN

    def _hits(self, name: str) -> tuple[str, list[int]]:
        """The path of a function's file where it differs, and which of its changes are in it."""
        file = self._files.get(name)
        if file is None:
            return "", []
        changed = self._change.lines or {}
        path = changed_file(file.path, changed, self._change.tails, module=self._sides.module)
        last = max(self._last.get(name, 0), file.line)
        numbered = enumerate(changed.get(path, ())) if file.line else ()
        return path, [at for at, (begin, end) in numbered if begin <= last and file.line <= end]


def _files(runs: Iterable[RunCosts]) -> dict[str, FunctionFile]:
    """By function; the head's place where both have one."""
    return {name: file for run in runs for name, file in run.costs.files.items()}


def _last_lines(runs: Iterable[RunCosts]) -> dict[str, int]:
    """The last line of each function at which anything was seen."""
    found: dict[str, int] = {}
    for run in runs:
        for name, lines in run.costs.lines.items():
            found[name] = max(found.get(name, 0), *lines)
    return found


def _stacks(runs: Iterable[RunCosts]) -> set[Stack]:
    return {
        (*stack, leaf)
        for run in runs
        for leaf, stacks in run.costs.above.items()
        for stack in stacks
    }
