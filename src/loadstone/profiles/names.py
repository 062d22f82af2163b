"""Function names, made equal where two builds of a program mean the same."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from loadstone.profiles.frames import Stack

_RULES = (
    # the shapes a Go generic was compiled for differ between builds: F[go.shape.int_0] → F[...]
    (re.compile(r"\[go\.shape\.(?:[^\[\]]|\[[^\[\]]*\])*\]"), "[...]"),
    # a module's version in a path: example.com/m@v1.2.3/p.F → example.com/m/p.F
    (re.compile(r"@v\d[^/]*(?=/)"), ""),
    # packages of Go's own that a toolchain moved
    (re.compile(r"^internal/runtime/"), "runtime/internal/"),
    (re.compile(r"^runtime/internal/syscall/linux(?=\.)"), "runtime/internal/syscall"),
    # what C, C++ and Rust compilers append to their copies of a function
    (re.compile(r"(\.(isra|constprop|part|cold|llvm)(\.\d+)*)+$"), ""),
    (re.compile(r"::h[0-9a-f]{16}$"), ""),
    # the line that py-spy writes beside a function: `run (asyncio/runners.py:190)`
    (re.compile(r"(?<= \()([^()]+\.\w+):\d+(?=\)$)"), r"\1"),
)


def normal(name: str) -> str:
    """The name of a function without what a rebuild alone changes.

    Closures keep their numbers (`func1`), and API versions in paths (`core/v1`) are names.
    """
    for pattern, plain in _RULES:
        name = pattern.sub(plain, name)
    return name


def renamed(costs: Mapping[Stack, float], moved: Mapping[str, str]) -> Mapping[Stack, float]:
    """Costs by stack, each function called by the name that it has moved to."""
    if not moved:
        return costs
    found: dict[Stack, float] = defaultdict(float)
    for stack, value in costs.items():
        found[tuple(moved.get(name, name) for name in stack)] += value
    return found
