"""The state of a pod that sends load, and of its node, as /proc and its control group tell it."""

from __future__ import annotations

import resource
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from loadstone.measure.load.generator import SenderState

Reader = Callable[[str], str | None]  # the text of a file; None where there is none

_CONNTRACK = "/proc/sys/net/netfilter/nf_conntrack_"  # count: of this network namespace alone
_SYSCTLS = (
    "net.ipv4.ip_local_port_range",
    "net.ipv4.tcp_tw_reuse",
    "net.core.somaxconn",
    "net.netfilter.nf_conntrack_max",
)


@dataclass(frozen=True, kw_only=True)
class StateLook:
    """A look at the clocks of a pod and of its node; None is what is not to be read there."""

    at: float  # s
    busy: float | None  # ticks of all cores of the node
    ticks: float | None  # of all cores, idle ones too
    throttled: float | None  # s, of this pod's container


_NONE = StateLook(at=0.0, busy=None, ticks=None, throttled=None)


def look(read: Reader, at: float) -> StateLook:
    """A look at this moment."""
    busy, ticks = _cpu(read("/proc/stat"))
    waited = _field(read("/sys/fs/cgroup/cpu.stat"), "throttled_usec")
    throttled = None if waited is None else waited / 1e6
    return StateLook(at=at, busy=busy, ticks=ticks, throttled=throttled)


def conntrack(read: Reader) -> float | None:
    """The share of the connection table that is full."""
    count, most = _number(read(_CONNTRACK + "count")), _number(read(_CONNTRACK + "max"))
    return count / most if count is not None and most else None


def state(
    read: Reader, looks: Sequence[StateLook], *, conntrack: float | None, names: Mapping[str, str]
) -> SenderState:
    """The state between the first look and the last; `names`: the environment, which has ours."""
    first, last = (looks[0], looks[-1]) if looks else (_NONE, _NONE)
    return SenderState(
        pod=names.get("HOSTNAME", ""),
        node=names.get("NODE_NAME", ""),
        node_cpu=_share(_less(last.busy, first.busy), _less(last.ticks, first.ticks)),
        throttled=_share(_less(last.throttled, first.throttled), last.at - first.at),
        conntrack=conntrack,
        sysctls=_sysctls(read),
        open_files=resource.getrlimit(resource.RLIMIT_NOFILE)[1],
    )


def _sysctls(read: Reader) -> dict[str, str]:
    found = {name: read("/proc/sys/" + name.replace(".", "/")) for name in _SYSCTLS}
    return {name: " ".join(text.split()) for name, text in found.items() if text}


def _cpu(text: str | None) -> tuple[float | None, float | None]:
    """Busy and all ticks of a node's cores: user nice system idle iowait irq softirq steal …"""
    words = (text or "").partition("\n")[0].split()[1:9]
    if len(words) < 8:
        return None, None
    ticks = [float(word) for word in words]
    whole = sum(ticks)
    return whole - ticks[3] - ticks[4], whole


def _field(text: str | None, name: str) -> float | None:
    for line in (text or "").splitlines():
        key, _, value = line.partition(" ")
        if key == name:
            return _number(value)
    return None


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None


def _less(after: float | None, before: float | None) -> float | None:
    return None if after is None or before is None else max(after - before, 0.0)


def _share(part: float | None, whole: float | None) -> float | None:
    return None if part is None or not whole else min(part / whole, 1.0)
