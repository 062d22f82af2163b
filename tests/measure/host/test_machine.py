"""What /proc and /sys say, recorded on several machines, and what they say when they are broken."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone.measure.host import machine
from loadstone.measure.host.machine import CpuUse, Ticks

EPYC = """\
processor\t: 0
vendor_id\t: AuthenticAMD
model name\t: AMD EPYC 7763 64-Core Processor
flags\t\t: fpu vme de hypervisor lahf_lm

processor\t: 1
model name\t: AMD EPYC 7763 64-Core Processor
flags\t\t: fpu vme de hypervisor lahf_lm
"""
RASPBERRY = """\
processor\t: 0
BogoMIPS\t: 108.00
Features\t: fp asimd evtstrm crc32 cpuid
CPU implementer\t: 0x41
CPU architecture: 8
CPU part\t: 0xd08
"""
STAT = """\
cpu  7213 599 4243 314552 843 0 128 15 7 0
cpu0 1664 63 1143 160863 48 0 19 4 0 0
cpu1 5549 535 3099 153688 794 0 109 11 7 0
intr 324443 0
ctxt 1
"""
FILES = {
    "/proc/cpuinfo": EPYC,
    "/proc/stat": STAT,
    "/proc/meminfo": "MemTotal:       24684096 kB\nMemFree:        24055268 kB\n",
    "/proc/loadavg": "1.87 0.04 0.04 1/94 11201\n",
    "/proc/sys/net/ipv4/ip_local_port_range": "32768\t60999\n",
    "/proc/sys/net/core/somaxconn": "4096\n",
    "/sys/class/dmi/id/sys_vendor": "Microsoft Corporation\n",
    "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": "powersave\n",
    "/sys/fs/cgroup/cpu.max": "150000 100000\n",
    "/proc/1/cgroup": "0::/system.slice/docker-4a5b.scope\n",
}
READERS = (
    machine.ticks,
    machine.cpu_model,
    machine.cpu_quota,
    machine.memory,
    machine.ports,
    machine.somaxconn,
    machine.load,
    machine.virtualisation,
    machine.container,
    machine.governor,
)


def nothing(_: str) -> str | None:
    """A machine without /proc and /sys."""
    return None


def reader(**files: str):
    """A reader of the recorded files, some replaced (`/` written as `__`)."""
    changed = FILES | {"/" + name.replace("__", "/"): text for name, text in files.items()}
    return changed.get


def test_a_usual_machine_is_read_whole():
    read = FILES.get
    assert machine.cpu_model(read) == "AMD EPYC 7763 64-Core Processor"
    assert machine.ticks(read) == Ticks(
        busy=7213 + 599 + 4243 + 128,
        stolen=15,
        total=7213 + 599 + 4243 + 314552 + 843 + 128 + 15,
        cores=2,
    )
    assert machine.memory(read) == 24684096 * 1024
    assert machine.load(read) == 1.87
    assert machine.ports(read) == (32768, 60999)
    assert machine.somaxconn(read) == 4096
    assert machine.virtualisation(read) == "Microsoft Corporation"
    assert machine.governor(read) == "powersave"
    assert machine.cpu_quota(read) == 1.5
    assert machine.container(read) == "docker"


def test_an_arm_machine_is_named_by_its_numbers():
    assert machine.cpu_model(reader(proc__cpuinfo=RASPBERRY)) == "ARM 0x41/0xd08"


def test_hardware_is_no_virtual_machine():
    bare = EPYC.replace(" hypervisor", "")
    assert machine.virtualisation(reader(proc__cpuinfo=bare)) == "none"
    assert machine.virtualisation(nothing) == "unknown"


@pytest.mark.parametrize(
    ("files", "quota"),
    [
        ({"sys__fs__cgroup__cpu.max": "max 100000"}, None),
        ({"sys__fs__cgroup__cpu.max": "50000 100000"}, 0.5),
        ({"sys__fs__cgroup__cpu.max": "50000 0"}, None),
        ({"sys__fs__cgroup__cpu.max": ""}, None),
    ],
)
def test_a_quota_of_control_groups_version_2(files, quota):
    assert machine.cpu_quota(reader(**files)) == quota


@pytest.mark.parametrize(("quota", "cores"), [("-1", None), ("200000", 2.0), ("x", None)])
def test_a_quota_of_control_groups_version_1(quota, cores):
    files = {
        "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": quota,
        "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000",
    }
    assert machine.cpu_quota(files.get) == cores


def test_memory_is_what_the_control_group_allows():
    limit = {"/sys/fs/cgroup/memory.max": "2147483648\n"}
    assert machine.memory((FILES | limit).get) == 2147483648
    assert machine.memory((FILES | {"/sys/fs/cgroup/memory.max": "max\n"}).get) == 24684096 * 1024


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        ({"/.dockerenv": ""}, "docker"),
        ({"/run/.containerenv": ""}, "podman"),
        ({"/proc/1/cgroup": "12:pids:/kubepods/besteffort/pod1\n"}, "kubepods"),
        ({"/proc/1/cgroup": "0::/init.scope\n"}, "none"),
        ({}, "none"),
    ],
)
def test_a_container_is_recognised(files, kind):
    assert machine.container(files.get) == kind


def test_use_is_the_share_between_two_readings():
    before = Ticks(busy=100, stolen=10, total=1000, cores=2)
    after = Ticks(busy=150, stolen=30, total=1200, cores=2)
    assert machine.use(before, after) == CpuUse(busy=0.25, stolen=0.1, cores=2)


def test_nothing_is_said_of_no_time_or_no_reading():
    now = Ticks(busy=1, stolen=0, total=10, cores=1)
    assert machine.use(now, now) is None
    assert machine.use(None, now) is None
    assert machine.use(now, None) is None


def test_an_old_kernel_without_steal_time_is_read():
    ticks = machine.ticks(reader(proc__stat="cpu 10 0 10 80 0\ncpu0 10 0 10 80 0\n"))
    assert ticks == Ticks(busy=20, stolen=0, total=100, cores=1)


@pytest.mark.parametrize("look", READERS)
def test_a_machine_without_proc_and_sys_is_no_error(look):
    assert look(nothing) in (None, "unknown", "none")


@settings(deadline=None)
@given(text=st.text(max_size=200), look=st.sampled_from(READERS))
def test_no_text_raises(text, look):
    look(lambda _: text)


@settings(deadline=None)
@given(text=st.text(max_size=60), look=st.sampled_from(READERS), path=st.sampled_from(list(FILES)))
def test_one_broken_file_raises_nothing(text, look, path):
    look((FILES | {path: FILES[path][:20] + text}).get)
