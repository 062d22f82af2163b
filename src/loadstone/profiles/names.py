"""Function names, made equal where two builds of a program mean the same."""

from __future__ import annotations

import re

_RULES = (
    # the shapes a Go generic was compiled for differ between builds: F[go.shape.int_0] → F[...]
    (re.compile(r"\[go\.shape\.(?:[^\[\]]|\[[^\[\]]*\])*\]"), "[...]"),
    # a module's version in a path: example.com/m@v1.2.3/p.F → example.com/m/p.F
    (re.compile(r"@v\d[^/]*(?=/)"), ""),
    # what C, C++ and Rust compilers append to their copies of a function
    (re.compile(r"(\.(isra|constprop|part|cold|llvm)(\.\d+)*)+$"), ""),
    (re.compile(r"::h[0-9a-f]{16}$"), ""),
)


def normal(name: str) -> str:
    """The name of a function without what a rebuild alone changes.

    Closures keep their numbers (`func1`), and API versions in paths (`core/v1`) are names.
    """
    for pattern, plain in _RULES:
        name = pattern.sub(plain, name)
    return name
