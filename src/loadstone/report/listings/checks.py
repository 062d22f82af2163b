"""Checks of a machine as a table: what it has, what it lacks, and how to mend that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from loadstone.report.common.plain_table import table

# What is checked → how to mend it: a command, or words where none would do.
MENDS: Mapping[str, str] = {
    "python": "Python 3.11+",
    "cores": "two cores at least: the component and the generator must not share one",
    "open files": "ulimit -n 65536",
    "network": "root, and unshare and nsenter of util-linux: for components with `network: own`",
    "cache": "loadstone prune, or free some disk space",
    "cache directory": "set `cache:` in loadstone.yaml to a directory that can be written",
}
# Tool → what it is for.
PURPOSES: Mapping[str, str] = {
    "nginx": "the upstream behind the component under test",
    "git": "revisions that are commits",
    "k6": "a second load generator",
    "kubectl": "looking into a cluster by hand",
    "docker": "provider kind, and revisions that are images",
    "kind": "provider kind",
    "etcd": "provider hollow",
    "kube-apiserver": "provider hollow",
    "kube-controller-manager": "providers hollow and memory-controllers",
    "kube-scheduler": "providers hollow and memory-controllers",
    "kwok": "providers hollow and memory-controllers",
}


# What a run counts where the machine can → what is then measured.
COUNTED: Mapping[str, str] = {
    "instructions": "instructions of the component",
    "cycles": "cycles of the component",
    "syscalls": "system calls of the component",
}


# Why something is not counted → how that reads, and how to mend it.
NOT_COUNTED: Mapping[str, tuple[str, str]] = {
    "no-pmu": ("the processor counts none here (no PMU)", "hardware, or a cloud's bare metal"),
    "no-tracefs": (
        "the kernel's tracepoints are not to be seen",
        "as root: mount -t tracefs tracefs /sys/kernel/tracing",
    ),
    "refused": (
        "not allowed: kernel.perf_event_paranoid is {level}",
        "sysctl -w kernel.perf_event_paranoid=1; in a container, --cap-add PERFMON",
    ),
    "no-perf": ("the kernel has no perf_event_open", "a kernel with CONFIG_PERF_EVENTS"),
    "failed": ("the kernel could not count it", "look into dmesg"),
}


class MachineCheck(Protocol):
    """One thing that a machine has or lacks."""

    @property
    def name(self) -> str: ...

    @property
    def good(self) -> bool: ...

    @property
    def needed(self) -> bool: ...

    @property
    def found(self) -> str: ...

    @property
    def mend(self) -> str: ...


def terminal(checks: Sequence[MachineCheck]) -> str:
    """A row for each check; how to mend it only where something is missing."""
    rows = [(_mark(each), each.name, each.found, "" if each.good else each.mend) for each in checks]
    return table(("", "what", "found", "to mend it"), rows)


def open_files(soft: int, hard: int) -> str:
    """The limits of open files that were found."""
    return f"{soft} (at most {hard})"


def room(path: str, *, kept: int, free: int) -> str:
    """What the cache at `path` holds, and what its disk has room for, from By."""
    return f"{path}, {kept / 1e9:.1f} GB kept, {free / 1e9:.0f} GB free"


def not_counted(why: str, level: int | None) -> tuple[str, str]:
    """Why an event is not counted here, and how to mend it; `level`: of perf_event_paranoid."""
    found, mend = NOT_COUNTED[why]
    return found.format(level="unknown" if level is None else level), mend


def lacking(names: Sequence[str]) -> str:
    """The programs that a provider is without, if any."""
    return f"lacks {', '.join(names)}" if names else "ready"


def tool(name: str, *, version: str, source: str) -> str:
    """A tool that was found, where, and what it is for."""
    return f"{version} ({source}): {PURPOSES[name]}"


def _mark(check: MachineCheck) -> str:
    return "ok" if check.good else "MISSING" if check.needed else "absent"
