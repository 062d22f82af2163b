"""Functions that were renamed or moved, paired by their package's path, callers, callees and size.

A release that moves a package (`internal/a` to `pkg/a`), a module that goes from `/v2` to `/v3`, a
toolchain that moves its own (`runtime/internal/syscall.Syscall6` to
`internal/runtime/syscall.Syscall6`): the same function is gone on one side and new on the other,
and neither row says anything. Of the functions that only one side has, two are paired where their
last part is the same and they share most of their surroundings, or where that part differs and all
the rest is the same. A function is in one pair at most, and what is not clear stays unpaired.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from loadstone.profiles.function_costs import FunctionCosts

_ALIKE = 0.5  # of the neighbours that two functions have to share …
_CLEAR = 0.75  # … or so many, where the name is another
_SIZE = 3.0  # by which factor their costs may differ
_INLINED = re.compile(r"\.\w+\.(\w+)(\.func\d+)+(\.\d+)*$")  # of Go's closures
_MOST = 2000  # functions of a side: rarer ones are not worth the pairs


def pairs(base: Sequence[FunctionCosts], head: Sequence[FunctionCosts]) -> dict[str, str]:
    """Function of the base → what it is called in the head, of those that are not in both."""
    sides = _Leftovers(base, head)
    return _matched([*_moved(sides), *_renamed(sides)])


class _Leftovers:
    """The functions that one side alone has, with what each costs and what surrounds it."""

    def __init__(self, base: Sequence[FunctionCosts], head: Sequence[FunctionCosts]) -> None:
        self.before, self.after = _mean(base), _mean(head)
        self.gone = _largest(self.before, set(self.before) - set(self.after))
        self.new = _largest(self.after, set(self.after) - set(self.before))
        found = bool(self.gone and self.new)
        self.around_gone = _neighbours(base) if found else {}
        self.around_new = _neighbours(head) if found else {}

    def near(self, old: str, new: str) -> float:
        """The part of their neighbours that two functions share."""
        return alike(self.around_gone.get(old, {}), self.around_new.get(new, {}))


def _moved(sides: _Leftovers) -> Iterator[tuple[float, str, str]]:
    """Functions of the same name in another package, where a type may be exported now."""
    named = _grouped(sides.new, lambda name: last_part(name).casefold())
    for old in sides.gone:
        for new in named.get(last_part(old).casefold(), ()):
            near, path = sides.near(old, new), _paths_alike(old, new)
            same = last_part(old) == last_part(new)
            if max(near, path) >= _ALIKE and _fits(sides.before[old], sides.after[new]):
                yield same + near + path, old, new


def _renamed(sides: _Leftovers) -> Iterator[tuple[float, str, str]]:
    """Functions of the same package in the same place, with another name."""
    packaged = _grouped(sides.new, _package)
    for old in sides.gone:
        for new in packaged.get(_package(old), ()):
            near = sides.near(old, new)
            fits = _fits(sides.before[old], sides.after[new], factor=1.5)
            other = last_part(old) != last_part(new)
            if near >= _CLEAR and fits and other and _inlined(old) == _inlined(new):
                yield near, old, new


def _grouped(names: Iterable[str], by: Callable[[str], str]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name in names:
        found[by(name)].append(name)
    return found


def last_part(name: str) -> str:
    """A function's name in its package: `(*T).Method` of `a/b.(*T).Method`."""
    return name.rpartition("/")[2].partition(".")[2] or name


def _inlined(name: str) -> str:
    """Of a closure, the function inlined around it: `Compress` of `main.serve.Compress.func3`.

    Closures of two such are two functions, though a chain of handlers calls all of them alike.
    """
    found = _INLINED.search(name)
    return found[1] if found else ""


def alike(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """The part of their neighbours that two functions share, 0…1, by weight."""
    both = sum(min(one.get(name, 0.0), other.get(name, 0.0)) for name in one)
    return both / max(min(sum(one.values()), sum(other.values())), 1e-300)


def _matched(found: Iterable[tuple[float, str, str]]) -> dict[str, str]:
    """The best pairs first; where two are equally good, neither is taken."""
    ordered = sorted(found, key=lambda each: (-each[0], each[1], each[2]))
    of_old = Counter((score, old) for score, old, _ in ordered)
    of_new = Counter((score, new) for score, _, new in ordered)
    taken: dict[str, str] = {}
    used: set[str] = set()
    for score, old, new in ordered:
        tied = of_old[score, old] > 1 or of_new[score, new] > 1
        if old not in taken and new not in used and not tied:
            taken[old] = new
            used.add(new)
    return taken


def _mean(side: Sequence[FunctionCosts]) -> dict[str, float]:
    sums: dict[str, float] = defaultdict(float)
    for run in side:
        for name, value in run.total.items():
            sums[name] += value / len(side)
    return dict(sums)


def _largest(costs: Mapping[str, float], names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (-costs[name], name))[:_MOST]


def _fits(before: float, after: float, factor: float = _SIZE) -> bool:
    """Of about the same size; a function may have become dearer, and much cheaper is another."""
    small, large = sorted((abs(before), abs(after)))
    return large <= factor * small if small else False


def _neighbours(side: Sequence[FunctionCosts]) -> dict[str, dict[str, float]]:
    """The functions that call each, by their last parts, which survive a move of all of them."""
    found: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for run in side:
        for leaf, stacks in run.above.items():
            for stack, value in stacks.items():
                whole = (*stack, leaf)
                for caller, callee in pairwise(whole):
                    found[callee]["<" + last_part(caller)] += abs(value)
                    found[caller][">" + last_part(callee)] += abs(value)
    return {name: _scaled(around) for name, around in found.items()} | _none(side, found)


def _none(
    side: Sequence[FunctionCosts], found: Mapping[str, Mapping[str, float]]
) -> dict[str, dict[str, float]]:
    return {name: {} for run in side for name in run.total if name not in found}


def _scaled(around: Mapping[str, float]) -> dict[str, float]:
    whole = sum(around.values()) or 1.0
    return {name: value / whole for name, value in around.items()}


def _paths_alike(old: str, new: str) -> float:
    """The part of the words of two packages' paths that both have; versions are no words."""
    one, other = (_path_words(_package(name)) for name in (old, new))
    return len(one & other) / max(len(one | other), 1)


def _path_words(path: str) -> set[str]:
    parts = re.split(r"[/.]", path)
    return {part for part in parts if part and not re.fullmatch(r"v\d+", part)}


def _package(name: str) -> str:
    head, _, tail = name.rpartition("/")
    return f"{head}/{tail.partition('.')[0]}"
