"""What `go tool pprof -raw` prints of a profile, read back: its types and its stacks."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_SAMPLE = re.compile(r"\s*(-?\d+(?: +-?\d+)*): ((?:\d+ )*)\s*")
_LOCATION = re.compile(r" *(\d+): 0x[0-9a-f]+ (?:M=\d+ )?(?:\[F\] )?(.*)")
_FUNCTION = re.compile(r"(.*) \S*:-?\d+:-?\d+ s=-?\d+(?:\(.*\))?")


@dataclass(frozen=True, kw_only=True)
class RawProfile:
    """A profile as pprof has it: `cpu/nanoseconds`, and values by stack, outermost first.

    A location of which pprof knows no function is "" in a stack.
    """

    types: Sequence[str]
    stacks: Mapping[tuple[str, ...], tuple[int, ...]]


def raw(path: Path) -> RawProfile:
    """Have pprof print a profile, and read it."""
    text = subprocess.run(
        ["go", "tool", "pprof", "-symbolize=none", "-raw", str(path)],
        capture_output=True, text=True, check=True, timeout=100,
    ).stdout  # fmt: skip
    samples, places = text.partition("Samples:\n")[2].split("\nLocations\n")
    functions = _functions(f"\n{places}".partition("\nMappings")[0][1:])
    header, *lines = samples.splitlines()
    stacks: dict[tuple[str, ...], Counter[int]] = {}
    for line in lines:
        found = _SAMPLE.fullmatch(line)
        if found is None:  # labels of the sample before
            continue
        ids = [int(each) for each in reversed(found[2].split())]
        stack = tuple(name for each in ids for name in functions[each])
        summed = stacks.setdefault(stack, Counter())
        for column, value in enumerate(found[1].split()):
            summed[column] += int(value)
    types = [each.removesuffix("[dflt]") for each in header.split()]
    columns = range(len(types))
    return RawProfile(
        types=types,
        stacks={stack: tuple(found[each] for each in columns) for stack, found in stacks.items()},
    )


def _functions(places: str) -> Mapping[int, list[str]]:
    """By location, its functions, the outermost first."""
    found: dict[int, list[str]] = {}
    at = 0
    for line in places.splitlines():
        first = _LOCATION.fullmatch(line)
        if first is not None:
            at, rest = int(first[1]), first[2]
            found[at] = []
        else:
            rest = line.strip()
        function = _FUNCTION.fullmatch(rest)
        found[at].insert(0, function[1].strip() if function else "")
    return found
