"""Names of functions with their places in them, as profilers of Python write them. Pure.

`reconcile (websites.py:48)` is the function `reconcile (websites.py)` at line 48 of its file: one
function at all its lines, and another one than a `reconcile` of another file. Of a whole path the
last part is in the name, since the two sides lie in two folders.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from loadstone.profiles.frames import FunctionFile
from loadstone.profiles.pprof import Profile, StackSample

_PLACED = re.compile(r"(.*) \(([^()]+\.\w+):(\d{1,9})\)")
_ABSOLUTE = re.compile(r"/|[A-Za-z]:")


def with_place(name: str, file: str, line: int) -> str:
    """The name with its place, where that is one."""
    whole = f"{name} ({file}:{line})"
    return whole if file and line > 0 and _PLACED.fullmatch(whole) else name


def placed(profile: Profile) -> Profile:
    """The profile with the places that its names tell, and not in its names.

    Where a function begins is in none: it is taken to begin at the first line that was seen of it.
    """
    places = {name: _place(name) for name in _names(profile.samples)}
    files: dict[str, FunctionFile] = {}
    for name, path, line in places.values():
        if path:
            first = min(line, files[name].line) if name in files else line
            files[name] = FunctionFile(path=path, line=first)
    if not files:
        return profile
    samples = [
        StackSample(
            stack=tuple(places[name][0] for name in each.stack),
            values=each.values,
            lines=tuple(places[name][2] for name in each.stack),
        )
        for each in profile.samples
    ]
    return replace(profile, samples=samples, files=files)


def _names(samples: Iterable[StackSample]) -> set[str]:
    return {name for each in samples for name in each.stack}


def _place(name: str) -> tuple[str, str, int]:
    """The name without the line, the file, and the line; "" and 0 where it tells none."""
    match = _PLACED.fullmatch(name)
    if match is None:
        return name, "", 0
    path = match[2]
    shown = path.replace("\\", "/").rpartition("/")[2] if _ABSOLUTE.match(path) else path
    return f"{match[1]} ({shown})", path, int(match[3])
