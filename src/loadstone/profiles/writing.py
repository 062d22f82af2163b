"""Profiles written for other tools: as pprof, as collapsed stacks, and for speedscope. Pure."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence

from loadstone.profiles import wire
from loadstone.profiles.frames import Stack

# Base unit → the unit of whole numbers that a file has, and how many of it are one.
_UNITS: Mapping[str, tuple[str, float]] = {"s": ("nanoseconds", 1e9), "By": ("bytes", 1.0)}
_SPEEDSCOPE: Mapping[str, str] = {"s": "seconds", "By": "bytes"}
_SCHEMA = "https://www.speedscope.app/file-format-schema.json"


def pprof(stacks: Mapping[Stack, float], *, sample_type: str, unit: str) -> bytes:
    """A gzipped `profile.proto`, which `go tool pprof` opens. Values may be below zero.

    A location is a function: where in it a cost was, is not kept.
    """
    named, factor = _UNITS.get(unit, ("count", 1.0))
    strings: dict[str, int] = {"": 0}
    text = strings.setdefault
    kind = {"type": text(sample_type, len(strings)), "unit": text(named, len(strings))}
    places: dict[str, int] = {}
    samples = []
    for stack, value in stacks.items():
        whole = round(value * factor)
        if whole:
            ids = [places.setdefault(name, len(places) + 1) for name in reversed(stack)]
            samples.append({"location_id": ids, "value": [whole]})
    functions = [{"id": at, "name": text(name, len(strings))} for name, at in places.items()]
    message = wire.Profile(
        sample_type=[kind],
        sample=samples,
        location=[{"id": at, "line": [{"function_id": at}]} for at in places.values()],
        function=functions,
        string_table=[each.encode(errors="replace") for each in strings],
        period_type=kind,
        period=1,
    )
    return gzip.compress(bytes(message.SerializeToString(deterministic=True)), mtime=0)


def difference(base: Mapping[Stack, float], head: Mapping[Stack, float]) -> dict[Stack, float]:
    """Head − base by stack."""
    return {
        stack: head.get(stack, 0.0) - base.get(stack, 0.0)
        for stack in dict.fromkeys((*base, *head))
    }


def both_folded(base: Mapping[Stack, float], head: Mapping[Stack, float], *, step: float) -> str:
    """Lines of `caller;callee BASE HEAD`, which differential flame graph tools read."""
    lines = []
    for stack in dict.fromkeys((*base, *head)):
        counts = [round(side.get(stack, 0.0) / step) for side in (base, head)]
        if stack and any(counts):
            lines.append(f"{';'.join(map(_word, stack))} {counts[0]} {counts[1]}\n")
    return "".join(sorted(lines))


def speedscope(sides: Mapping[str, Mapping[Stack, float]], *, title: str, unit: str) -> str:
    """A file of speedscope with a profile for each side, its stacks sorted."""
    places: dict[str, int] = {}
    profiles = []
    for side, stacks in sides.items():
        kept = sorted((stack, value) for stack, value in stacks.items() if stack and value > 0)
        samples = [[places.setdefault(name, len(places)) for name in stack] for stack, _ in kept]
        weights = [value for _, value in kept]
        profiles.append(_sampled(side, _SPEEDSCOPE.get(unit, "none"), samples, weights))
    document = {
        "$schema": _SCHEMA,
        "name": title,
        "exporter": "loadstone",
        "shared": {"frames": [{"name": name} for name in places]},
        "profiles": profiles,
    }
    return json.dumps(document) + "\n"


def _sampled(
    side: str, unit: str, samples: Sequence[Sequence[int]], weights: Sequence[float]
) -> dict[str, object]:
    return {
        "type": "sampled",
        "name": side,
        "unit": unit,
        "startValue": 0,
        "endValue": sum(weights),
        "samples": samples,
        "weights": weights,
    }


def _word(name: str) -> str:
    return " ".join(name.replace(";", ":").split()) or "?"
