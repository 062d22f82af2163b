"""The environment of a session: facts of the machine, and the key that must be equal to compare."""

from __future__ import annotations

import hashlib
import json
import platform
import resource
import sys
import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from loadstone.errors import MissingTool
from loadstone.measure.host import machine
from loadstone.measure.host.conditions import SAME, same
from loadstone.measure.host.machine import CpuUse, Reader
from loadstone.measure.host.preflight import warnings
from loadstone.model import Design, Environment, Scalar
from loadstone.system.tools import KNOWN, find

DESIGN = "design"
CLUSTER = "cluster"
PLACE = "place"  # of a component that does not run as processes of this machine
WINDOW = 0.5  # s of looking at what else the machine does


def environment(
    provider: str,
    harness: str,
    configured: Mapping[str, Path] | None = None,
    *,
    designs: Collection[Design] = (),
    cluster: str = "",
    place: str = "",
    read: Reader | None = None,
    window: float = WINDOW,
    sleep: Callable[[float], None] = time.sleep,
) -> Environment:
    """Read the environment: this machine, its tools and its load now. Takes `window` seconds.

    `harness` is our own version; `configured` the programs the user named; `designs` those of the
    session's cases; `cluster` what it is that the provider gives, "" for no more than its name;
    `place` where the component runs, "" for here. To
    be called while none of our processes work, since what the machine does then counts as other
    load.
    """
    reader = read or read_file
    before = machine.ticks(reader)
    sleep(window)
    used = machine.use(before, machine.ticks(reader))
    facts = {**_ours(), **same(reader), **facts_of(reader), **_moment(reader, used)}
    facts |= design_fact(designs) | ({CLUSTER: cluster} if cluster else {})
    facts |= {PLACE: place} if place else {}
    return Environment(
        provider=provider,
        harness=harness,
        key=key(provider, harness, facts),
        facts=facts,
        tools=versions(configured or {}),
        warnings=warnings(facts),
    )


def key(provider: str, harness: str, facts: Mapping[str, Scalar]) -> str:
    """12 hexadecimal digits that are equal exactly where records may be compared.

    A session that is all solo, on the in-memory cluster, has the key that it always had.
    """
    same = {"provider": provider, "harness": harness} | {name: facts.get(name) for name in SAME}
    same |= {name: facts[name] for name in (DESIGN, CLUSTER, PLACE) if name in facts}
    return hashlib.sha256(json.dumps(same, sort_keys=True).encode()).hexdigest()[:12]


def design_fact(designs: Collection[Design]) -> dict[str, Scalar]:
    """The fact of a session with mixed pairs, whose numbers are not those of one without."""
    named = sorted(set(designs))
    return {DESIGN: ", ".join(named)} if Design.MIXED in named else {}


def facts_of(read: Reader) -> dict[str, Scalar]:
    """The facts that /proc and /sys tell of the machine; what they do not tell is left out."""
    first_last = machine.ports(read)
    ticks = machine.ticks(read)
    found: dict[str, Scalar | None] = {
        "cores_online": ticks.cores if ticks else None,
        "memory": machine.memory(read),
        "port_first": first_last[0] if first_last else None,
        "port_last": first_last[1] if first_last else None,
        "somaxconn": machine.somaxconn(read),
        "virtualisation": machine.virtualisation(read),
        "container": machine.container(read),
        "governor": machine.governor(read),
    }
    return {name: value for name, value in found.items() if value is not None}


def versions(configured: Mapping[str, Path]) -> dict[str, str]:
    """Name and version of every tool that is here; whoever needs a missing one says so."""
    found = {}
    for name in KNOWN:
        try:
            found[name] = find(name, configured).version
        except MissingTool:
            continue
    return found


def read_file(path: str) -> str | None:
    """The text of a file, None when there is none to be had."""
    try:
        return Path(path).read_text(errors="replace")
    except OSError:
        return None


def _ours() -> dict[str, Scalar]:
    """What the operating system grants this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return {
        "kernel": platform.release(),
        "python": platform.python_version(),
        "open_files": _finite(soft),
        "open_files_hard": _finite(hard),
    }


def _finite(limit: int) -> int:
    return sys.maxsize if limit == resource.RLIM_INFINITY else limit


def _moment(read: Reader, used: CpuUse | None) -> dict[str, Scalar]:
    """What goes on at this moment: cores in use by others, stolen share, load average."""
    load = machine.load(read)
    found: dict[str, Scalar] = {} if load is None else {"load_average": load}
    if used is not None:
        found["other_cores"] = round(used.busy * used.cores, 3)
        found["stolen"] = round(used.stolen, 4)
    return found
