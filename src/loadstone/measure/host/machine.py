"""Machine facts, from the texts of /proc and /sys. Pure: the reader is an argument.

Every file may be missing or say something else than it should (containers, other kernels,
sandboxes): what cannot be read is absent, and never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

Reader = Callable[[str], str | None]  # path → its text, or None

_CONTAINERS = ("docker", "kubepods", "containerd", "libpod", "lxc", "podman")
_VENDORS = "/sys/class/dmi/id/sys_vendor"


@dataclass(frozen=True, kw_only=True)
class Ticks:
    """CPU time since the machine started, in clock ticks over all CPUs."""

    busy: int  # of us all, hypervisor not counted
    stolen: int  # wanted, and given to another machine by the hypervisor
    total: int
    cores: int


@dataclass(frozen=True, kw_only=True)
class CpuUse:
    """Use of the CPUs between two readings: shares of all cores together, 0…1."""

    busy: float
    stolen: float
    cores: int


def ticks(read: Reader) -> Ticks | None:
    """/proc/stat: the fields user, nice, system, idle, iowait, irq, softirq, steal of its `cpu`."""
    lines = (read("/proc/stat") or "").splitlines()
    rows = [line.split() for line in lines if line.startswith("cpu")]
    fields = next((row[1:] for row in rows if row[0] == "cpu"), [])
    if len(fields) < 5 or not all(field.isdecimal() for field in fields):
        return None
    values = [int(field) for field in fields[:8]]  # guest time is in user time already
    stolen = values[7] if len(values) > 7 else 0
    idle = values[3] + values[4]
    total = sum(values)
    cores = sum(row[0] != "cpu" for row in rows)
    return Ticks(busy=total - idle - stolen, stolen=stolen, total=total, cores=cores)


def use(before: Ticks | None, after: Ticks | None) -> CpuUse | None:
    """The use of the CPUs between two readings; None when nothing can be said."""
    if before is None or after is None or after.total <= before.total:
        return None
    passed = after.total - before.total
    return CpuUse(
        busy=max(after.busy - before.busy, 0) / passed,
        stolen=max(after.stolen - before.stolen, 0) / passed,
        cores=after.cores,
    )


def cpu_model(read: Reader) -> str:
    """The CPU's name; on ARM, where the kernel prints none, its implementer and part numbers."""
    text = read("/proc/cpuinfo") or ""
    name = _field(text, "model name")
    if name:
        return name
    numbers = [_field(text, "CPU implementer"), _field(text, "CPU part")]
    return "ARM " + "/".join(numbers) if all(numbers) else "unknown"


def cpu_quota(read: Reader) -> float | None:
    """Cores that this process' control group may use (1.5 is one and a half), None: all."""
    v2 = (read("/sys/fs/cgroup/cpu.max") or "").split()
    if len(v2) == 2 and all(each.isdecimal() for each in v2) and int(v2[1]) > 0:
        return int(v2[0]) / int(v2[1])
    quota = _whole(read("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"))
    period = _whole(read("/sys/fs/cgroup/cpu/cpu.cfs_period_us"))
    return quota / period if quota and period and quota > 0 and period > 0 else None


def memory(read: Reader) -> int | None:
    """Bytes of memory that processes here can have: the machine's, or the control group's limit."""
    found = re.search(r"^MemTotal:\s+(\d+) kB", read("/proc/meminfo") or "", re.MULTILINE)
    whole = int(found[1]) * 1024 if found else None
    limit = _whole(read("/sys/fs/cgroup/memory.max"))
    sizes = [size for size in (whole, limit) if size]
    return min(sizes) if sizes else None


def ports(read: Reader) -> tuple[int, int] | None:
    """First and last port the kernel gives to outgoing connections."""
    numbers = (read("/proc/sys/net/ipv4/ip_local_port_range") or "").split()
    if len(numbers) != 2 or not all(number.isdecimal() for number in numbers):
        return None
    return int(numbers[0]), int(numbers[1])


def somaxconn(read: Reader) -> int | None:
    """Connections that may wait to be accepted."""
    return _whole(read("/proc/sys/net/core/somaxconn"))


def load(read: Reader) -> float | None:
    """Processes that ran or wanted to, on average over the last minute."""
    words = (read("/proc/loadavg") or "").split()
    try:
        return float(words[0])
    except (IndexError, ValueError):
        return None


def virtualisation(read: Reader) -> str:
    """The hypervisor, "none" on hardware, "unknown" where nothing tells."""
    text = read("/proc/cpuinfo") or ""
    if not text:
        return "unknown"
    flags = _field(text, "flags").split()
    vendor = (read(_VENDORS) or "").strip()
    if "hypervisor" in flags:
        return vendor or "virtual"
    return "none" if flags else "unknown"


def container(read: Reader) -> str:
    """The kind of container this runs in, or "none"."""
    if read("/.dockerenv") is not None:
        return "docker"
    if read("/run/.containerenv") is not None:
        return "podman"
    groups = read("/proc/1/cgroup") or ""
    return next((kind for kind in _CONTAINERS if kind in groups), "none")


def governor(read: Reader) -> str:
    """The frequency governor of the first core; "unknown" where the machine does not say."""
    text = read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor") or ""
    return text.strip() or "unknown"


def _field(text: str, name: str) -> str:
    found = re.search(rf"^{re.escape(name)}\s*: *(.*)$", text, re.MULTILINE)
    return found[1].strip() if found else ""


def _whole(text: str | None) -> int | None:
    try:
        return int(text or "")
    except ValueError:
        return None
