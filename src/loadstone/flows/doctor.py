"""Checks of this machine: what is needed to measure, what is missing, and how to get it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from loadstone.cluster.provider import PROVIDERS, provider
from loadstone.component.cache import entries
from loadstone.component.own_network import hindrance
from loadstone.errors import LoadstoneError
from loadstone.flows.cluster_programs import provider_options
from loadstone.flows.scenario_rights import with_scenarios, workloads
from loadstone.flows.settings import cache_directory, tool_paths
from loadstone.formats.configuration import Config
from loadstone.report.listings import checks as words
from loadstone.system import perf_events
from loadstone.system.tools import find

NEEDED = ("nginx",)
_ROOM = (
    2_000_000_000  # By: two revisions of a component, a record and its profiles, with room to spare
)


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """A requirement that this machine meets or not."""

    name: str
    good: bool
    found: str
    mend: str = ""  # a command, or words where none would do
    needed: bool = True


def checks(config: Config) -> list[Requirement]:
    """The requirements worth looking at before the first run."""
    return [
        _python(),
        _cores(),
        _files(),
        _cache(cache_directory(config)),
        *(_tool(name, config) for name in words.PURPOSES),
        _network(),
        *(_counter(event) for event in perf_events.EVENTS),
        *_providers(config),
    ]


def _python() -> Requirement:
    found = ".".join(str(part) for part in sys.version_info[:3])
    good = sys.version_info >= (3, 11)
    return Requirement(name="python", good=good, found=found, mend=words.MENDS["python"])


def _cores() -> Requirement:
    cores = len(os.sched_getaffinity(0))
    return Requirement(
        name="cores",
        good=cores >= 2,
        found=str(cores),
        mend=words.MENDS["cores"],
        needed=False,
    )


def _files() -> Requirement:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return Requirement(
        name="open files",
        good=hard >= 4096,
        found=words.open_files(soft, hard),
        mend=words.MENDS["open files"],
        needed=False,
    )


def _cache(path: Path) -> Requirement:
    try:
        path.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(path).free
    except OSError as error:
        mend = words.MENDS["cache directory"]
        return Requirement(name="cache", good=False, found=f"{path}: {error.strerror}", mend=mend)
    kept = sum(each.size for each in entries(path))
    found = words.room(str(path), kept=kept, free=free)
    return Requirement(name="cache", good=free > _ROOM, found=found, mend=words.MENDS["cache"])


def _tool(name: str, config: Config) -> Requirement:
    def look() -> str:
        tool = find(name, tool_paths(config))
        return words.tool(name, version=tool.version, source=tool.source)

    return _attempt(name, look, needed=name in NEEDED)


def _network() -> Requirement:
    """Whether a component can have a network of its own."""
    why = hindrance()
    found = why or "a component can have one of its own"
    return Requirement(
        name="network", good=not why, found=found, mend=words.MENDS["network"], needed=False
    )


def _counter(event: perf_events.Event) -> Requirement:
    """Whether runs count an event of the kernel or the processor; none of them has to be there."""
    why = perf_events.hindrance(event)
    if why is None:
        found = words.COUNTED[event.name]
        return Requirement(name=event.name, good=True, found=found, needed=False)
    found, mend = words.not_counted(why, perf_events.paranoid())
    return Requirement(name=event.name, good=False, found=found, mend=mend, needed=False)


def _providers(config: Config) -> Iterator[Requirement]:
    options = with_scenarios(provider_options(config, make=False), workloads(config))
    for name in PROVIDERS:
        problems = provider(name, options=options).problems()
        yield Requirement(
            name=f"provider {name}",
            good=not problems,
            found=words.lacking([problem.where for problem in problems]),
            mend="; ".join(dict.fromkeys(problem.hint for problem in problems)),
            needed=name == "memory",
        )


def _attempt(name: str, look: Callable[[], str], *, needed: bool) -> Requirement:
    try:
        return Requirement(name=name, good=True, found=look(), needed=needed)
    except LoadstoneError as error:
        return Requirement(
            name=name, good=False, found=error.message, mend=error.next_step, needed=needed
        )
