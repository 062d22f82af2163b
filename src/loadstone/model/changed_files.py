"""Changed files of a repository, found by what compilers and profilers call them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import takewhile


def changed_file(
    file: str, changed: Collection[str], tails: Mapping[str, str], *, module: str = ""
) -> str:
    """The path in the repository of a file that differs; "" of one that does not, or is not known.

    A compiler's name ends in the path, wherever the repository lay. A name that is itself the end
    of a path (`pkg/work.py` of `services/pkg/work.py`, as py-spy tells it, or a Go file without
    the path of its `module`) is that file where no other one of the repository ends so (`tails`).
    """
    named = file.replace("\\", "/")
    inside = named.removeprefix(f"{module}/") if module else named
    if tails and not _whole(inside):
        told = [path for path, tail in tails.items() if _told(path, named, inside, tail)]
        if len(told) == 1:
            return told[0]
        if inside != named:
            return inside if inside in changed else ""
    return max((path for path in changed if _ends(named, path)), key=len, default="")


def _told(path: str, named: str, inside: str, tail: str) -> bool:
    """Whether a name is that of a path and of no other one."""
    return _ends(path, inside) and _ends(_shared(path, named), tail)


def _shared(one: str, other: str) -> str:
    """The end that two paths have in common, in whole parts."""
    pairs = zip(reversed(one.split("/")), reversed(other.split("/")), strict=False)
    return "/".join(
        reversed([part for part, _ in takewhile(lambda each: each[0] == each[1], pairs)])
    )


def _whole(path: str) -> bool:
    """Whether a path begins at the root of a machine."""
    return path.startswith("/") or path[1:2] == ":"


def _ends(path: str, tail: str) -> bool:
    return path == tail or path.endswith(f"/{tail}")
