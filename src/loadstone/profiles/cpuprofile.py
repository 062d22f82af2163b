"""V8's `.cpuprofile`: a tree of nodes and the node of each sample, of Node and Chromium."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec

from loadstone.profiles.bounded_stacks import DEEPEST, BoundedStacks
from loadstone.profiles.frames import FunctionFile
from loadstone.profiles.pprof import LARGEST, NotAProfile, Profile
from loadstone.profiles.units import SampleType

_CPU = SampleType(name="cpu", unit="nanoseconds")
_MICRO = 1000  # ns
_IDLE = frozenset({"(idle)", "(root)"})  # no CPU time was spent there
_LOOKED_AT = 65_536


class _V8Frame(msgspec.Struct, rename="camel"):
    """A function and its place."""

    function_name: str
    url: str = ""
    line_number: Annotated[int, msgspec.Meta(ge=-1, le=2**31)] = -1  # from 0


class _V8Node(msgspec.Struct, rename="camel"):
    """A function as called from one place, and how often it was seen."""

    id: int
    call_frame: _V8Frame
    children: list[int] = []
    hit_count: Annotated[int, msgspec.Meta(ge=0, le=2**53)] = 0


class _V8File(msgspec.Struct, rename="camel"):
    """A profile: its tree, and the node of each sample."""

    nodes: list[_V8Node]
    start_time: float = 0.0  # µs
    end_time: float = 0.0
    samples: list[int] = []
    time_deltas: list[float] = []


def looks_so(data: bytes) -> bool:
    """Whether a file is of this form."""
    start = data[:_LOOKED_AT]
    return b'"nodes"' in start and b'"callFrame"' in start


def parse(data: bytes) -> Profile:
    """Read a profile of V8. Raises `NotAProfile`."""
    if len(data) > LARGEST:
        raise NotAProfile(f"it is larger than {LARGEST} bytes")
    try:
        file = msgspec.json.decode(data, type=_V8File)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotAProfile(f"it is no profile of V8: {error}") from error
    nodes = {node.id: node for node in file.nodes}
    callers = {child: node.id for node in file.nodes for child in node.children}
    found = BoundedStacks()
    for node, spent in _spent(file).items():
        if node not in nodes:
            raise NotAProfile(f"a sample refers to a node {node} that is not there")
        if nodes[node].call_frame.function_name not in _IDLE:
            found.add(_stack(node, nodes, callers), spent * _MICRO)
    files = {
        _name(node.call_frame): FunctionFile(
            path=node.call_frame.url, line=max(0, node.call_frame.line_number + 1)
        )
        for node in file.nodes
        if node.call_frame.url
    }
    duration = max(0.0, file.end_time - file.start_time) / 1e6
    return found.profile(_CPU, duration=duration, files=files)


def _spent(file: _V8File) -> Mapping[int, float]:
    """µs by node: a sample lasts until the next one. Old files count hits alone, of 1 ms each."""
    if not file.samples:
        return {node.id: node.hit_count * 1000.0 for node in file.nodes if node.hit_count}
    if len(file.time_deltas) != len(file.samples):
        raise NotAProfile("its samples have not one time each")
    found: dict[int, float] = {}
    lasting = [*file.time_deltas[1:], 0.0]
    for node, spent in zip(file.samples, lasting, strict=True):
        found[node] = found.get(node, 0.0) + max(0.0, spent)
    return found


def _stack(node: int, nodes: Mapping[int, _V8Node], callers: Mapping[int, int]) -> list[str]:
    found: list[str] = []
    at: int | None = node
    while at is not None:
        if at not in nodes:
            raise NotAProfile(f"a node {at} is not there")
        if len(found) > DEEPEST:
            raise NotAProfile("its nodes call one another in a circle, or too deep")
        found.append(_name(nodes[at].call_frame))
        at = callers.get(at)
    return [name for name in reversed(found) if name != "(root)"]


def _name(frame: _V8Frame) -> str:
    """A function of that name is in many files; the file tells them apart."""
    file = frame.url.rpartition("/")[2].partition("?")[0]
    name = frame.function_name or "(anonymous)"
    return f"{name} {file}" if file else name
