"""What a pod tells of itself and of its node, and what it does not know."""

from __future__ import annotations

from loadstone.measure.load.sender_state import conntrack, look, state

STAT = "cpu  {user} 0 100 {idle} 50 0 0 0 0 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n"
THROTTLED = "usage_usec 5\nnr_throttled 3\nthrottled_usec {usec}\n"


def files(user: int = 0, idle: int = 0, usec: int = 0, count: str = "10") -> dict[str, str]:
    return {
        "/proc/stat": STAT.format(user=user, idle=idle),
        "/sys/fs/cgroup/cpu.stat": THROTTLED.format(usec=usec),
        "/proc/sys/net/netfilter/nf_conntrack_count": f"{count}\n",
        "/proc/sys/net/netfilter/nf_conntrack_max": "40\n",
        "/proc/sys/net/ipv4/ip_local_port_range": "1024\t65535\n",
    }


def nothing(path: str) -> str | None:
    """A machine on which no file can be read."""
    del path
    return None


def test_shares_are_of_the_time_between_the_looks() -> None:
    before, after = files().get, files(user=300, idle=100, usec=500_000).get
    looks = [look(before, 10.0), look(before, 11.0), look(after, 14.0)]
    found = state(after, looks, conntrack=0.25, names={"HOSTNAME": "load-1", "NODE_NAME": "n"})
    assert found.node_cpu == 0.75  # what waits for a disk is idle
    assert found.throttled == 0.125
    assert (found.pod, found.node, found.conntrack) == ("load-1", "n", 0.25)
    assert found.sysctls == {
        "net.ipv4.ip_local_port_range": "1024 65535",
        "net.netfilter.nf_conntrack_max": "40",
    }
    assert found.open_files > 0


def test_the_table_is_as_full_as_it_says() -> None:
    assert conntrack(files(count="30").get) == 0.75
    assert conntrack(files(count="many").get) is None
    assert conntrack(nothing) is None


def test_what_cannot_be_read_is_not_known_rather_than_none_of_it() -> None:
    found = state(nothing, [look(nothing, 1.0), look(nothing, 2.0)], conntrack=None, names={})
    assert (found.node_cpu, found.throttled, found.conntrack) == (None, None, None)
    assert state(nothing, [], conntrack=None, names={}).node_cpu is None
