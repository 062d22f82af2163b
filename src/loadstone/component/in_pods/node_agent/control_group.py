"""The control group of a container, as its kernel counts it at this moment: version 2, and 1.

A kubelet tells the same numbers ten seconds late. What a file does not say is None, not 0.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
_SHORTEST = 32  # hexadecimal digits: less is no identity of a container
_PRESSED = ("cpu", "memory", "io")


@dataclass(frozen=True, kw_only=True)
class GroupReading:
    """The counters of a container's control group. Seconds and bytes; counts since it started."""

    stamp: float  # s since 1970, by the clock of the node
    cpu: float
    working_set: int  # By that the kernel cannot give to others at once
    anon: int  # By of it that are no pages of files
    page_cache: int | None = None  # By of pages of files
    throttled: float | None = None  # s that a quota kept it waiting
    throttled_times: int | None = None
    oom_kills: int | None = None
    pressure: Mapping[str, float] = field(default_factory=dict)  # s that some of it waited for each


def find(container: str, root: Path = ROOT) -> Mapping[str, Path]:
    """The folders of a container's group by controller, "" for all of version 2; {} for none.

    Runtimes call them `cri-containerd-ID.scope`, `crio-ID.scope`, `docker-ID.scope`, or `ID` alone.
    """
    if len(container) < _SHORTEST or not container.isalnum():
        return {}
    if (root / "cgroup.controllers").exists():
        return _named({"": root}, container)
    controllers = {name: root / name for name in ("cpuacct", "cpu", "memory")}
    return _named(controllers, container)


def read(folders: Mapping[str, Path], stamp: float) -> GroupReading | None:
    """The counters of a group now; None where it has gone, or has none of CPU time or memory."""
    return _version_2(folders[""], stamp) if "" in folders else _version_1(folders, stamp)


def _named(roots: Mapping[str, Path], container: str) -> dict[str, Path]:
    """The topmost folder below each root whose name has the identity."""
    found = {}
    for controller, root in roots.items():
        for folder, inner, _ in os.walk(root):
            mine = next((name for name in inner if container in name), None)
            if mine is not None:
                found[controller] = Path(folder) / mine
                break
    return found


def _version_2(folder: Path, stamp: float) -> GroupReading | None:
    cpu, memory = _table(folder / "cpu.stat"), _table(folder / "memory.stat")
    used, whole = cpu.get("usage_usec"), _number(folder / "memory.current")
    if used is None or whole is None or "anon" not in memory:
        return None
    return GroupReading(
        stamp=stamp,
        cpu=used / 1e6,
        working_set=max(whole - memory.get("inactive_file", 0), 0),
        anon=memory["anon"],
        page_cache=memory.get("file"),
        throttled=_scaled(cpu.get("throttled_usec"), 1e6),
        throttled_times=cpu.get("nr_throttled"),
        oom_kills=_table(folder / "memory.events").get("oom_kill"),
        pressure={
            name: waited
            for name in _PRESSED
            if (waited := _pressure(_text(folder / f"{name}.pressure"))) is not None
        },
    )


def _version_1(folders: Mapping[str, Path], stamp: float) -> GroupReading | None:
    if not {"cpuacct", "memory"} <= folders.keys():
        return None
    memory = _table(folders["memory"] / "memory.stat")
    used = _number(folders["cpuacct"] / "cpuacct.usage")
    whole = _number(folders["memory"] / "memory.usage_in_bytes")
    if used is None or whole is None or "total_rss" not in memory:
        return None
    cpu = _table(folders["cpu"] / "cpu.stat") if "cpu" in folders else {}
    return GroupReading(
        stamp=stamp,
        cpu=used / 1e9,
        working_set=max(whole - memory.get("total_inactive_file", 0), 0),
        anon=memory["total_rss"],
        page_cache=memory.get("total_cache"),
        throttled=_scaled(cpu.get("throttled_time"), 1e9),
        throttled_times=cpu.get("nr_throttled"),
        oom_kills=_table(folders["memory"] / "memory.oom_control").get("oom_kill"),
    )


def _text(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:
        return ""


def _number(file: Path) -> int | None:
    text = _text(file).strip()
    return int(text) if text.isdecimal() else None


def _table(file: Path) -> dict[str, int]:
    """Lines of a name and a number."""
    pairs = (line.partition(" ") for line in _text(file).splitlines())
    return {name: int(value) for name, _, value in pairs if value.isdecimal()}


def _pressure(text: str) -> float | None:
    """The s in all of the line `some avg10=0.00 avg60=0.00 avg300=0.00 total=123`."""
    for line in text.splitlines():
        kind, _, rest = line.partition(" ")
        total = rest.rpartition("total=")[2]
        if kind == "some" and total.isdecimal():
            return int(total) / 1e6
    return None


def _scaled(value: int | None, by: float) -> float | None:
    return None if value is None else value / by
