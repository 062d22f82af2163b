"""What a control group says of a container: by recorded trees of both versions, and a real one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from loadstone.component.in_pods.node_agent.control_group import ROOT, find, read

ONE, OTHER = "1" * 64, "2" * 64
_SAYS = {
    "cpu.stat": "usage_usec 2500000\nnr_periods 9\nnr_throttled 2\nthrottled_usec 30000\n",
    "memory.current": "5000\n",
    "memory.stat": "anon 2000\nfile 2500\nkernel 300\ninactive_file 1500\nactive_file 1000\n",
    "memory.events": "low 0\nhigh 0\nmax 4\noom 1\noom_kill 1\noom_group_kill 0\n",
    "cpu.pressure": "some avg10=0.00 avg60=0.00 avg300=0.00 total=700000\nfull total=9\n",
    "io.pressure": "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n",
}


def put(folder: Path, files: Mapping[str, str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def version_2(root: Path, place: str, files: Mapping[str, str] = _SAYS) -> Path:
    put(root, {"cgroup.controllers": "cpu memory\n"})
    return put(root / place, files)


@pytest.mark.parametrize(
    "place",
    [
        f"kubepods.slice/kubepods-burstable.slice/kubepods-pod1.slice/cri-containerd-{ONE}.scope",
        f"kubepods/burstable/pod1/{ONE}",
        f"kubepods.slice/crio-{ONE}.scope",
        f"system.slice/docker-{OTHER}.scope/kubelet.slice/kubelet-kubepods.slice/{ONE}",
    ],
)
def test_a_container_is_found_wherever_its_runtime_puts_it(place: str, tmp_path: Path) -> None:
    folder = version_2(tmp_path, place)
    assert find(ONE, tmp_path) == {"": folder}
    assert find("3" * 64, tmp_path) == {}


@pytest.mark.parametrize("name", ["", "1", "../" * 12, "1" * 31])
def test_what_is_no_identity_is_nobody_here(name: str, tmp_path: Path) -> None:
    version_2(tmp_path, ONE)
    assert find(name, tmp_path) == {}


def test_memory_is_told_apart_from_the_page_cache(tmp_path: Path) -> None:
    version_2(tmp_path, ONE)
    found = read(find(ONE, tmp_path), 7.0)
    assert found is not None
    assert (found.stamp, found.cpu) == (7.0, 2.5)
    assert (found.anon, found.page_cache, found.working_set) == (2000, 2500, 3500)
    assert (found.throttled, found.throttled_times, found.oom_kills) == (0.03, 2, 1)
    assert found.pressure == {"cpu": 0.7, "io": 0.0}  # of memory nothing is said


def test_what_is_not_said_is_not_known_rather_than_0(tmp_path: Path) -> None:
    said = {name: _SAYS[name] for name in ("memory.current", "memory.stat")}
    version_2(tmp_path, ONE, {**said, "cpu.stat": "usage_usec 1\n"})
    found = read(find(ONE, tmp_path), 0.0)
    assert found is not None
    assert (found.throttled, found.throttled_times, found.oom_kills) == (None, None, None)
    assert found.pressure == {}


def test_one_that_has_gone_says_nothing(tmp_path: Path) -> None:
    folders = {"": version_2(tmp_path, ONE)}
    shutil.rmtree(folders[""])
    assert read(folders, 0.0) is None


def test_version_1_has_its_nanoseconds(tmp_path: Path) -> None:
    place = f"kubepods/pod1/{ONE}"
    put(tmp_path / "cpuacct" / place, {"cpuacct.usage": "2500000001\n"})
    put(tmp_path / "cpu" / place, {"cpu.stat": "nr_periods 1\nnr_throttled 2\nthrottled_time 30\n"})
    stat = "cache 1\nrss 2\ntotal_cache 2500\ntotal_rss 2000\ntotal_inactive_file 1500\n"
    memory = {"memory.stat": stat, "memory.usage_in_bytes": "5000\n"}
    put(tmp_path / "memory" / place, {**memory, "memory.oom_control": "under_oom 0\noom_kill 1\n"})
    found = read(find(ONE, tmp_path), 0.0)
    assert found is not None
    assert found.cpu == 2.500000001
    assert (found.anon, found.page_cache, found.working_set) == (2000, 2500, 3500)
    assert (found.throttled, found.throttled_times, found.oom_kills) == (3e-8, 2, 1)
    shutil.rmtree(tmp_path / "memory")
    assert read(find(ONE, tmp_path), 0.0) is None


@pytest.fixture
def group() -> Iterator[list[Path]]:
    """The folders of a real group of this machine with the name of a container."""
    name = f"loadstone-test-{os.getpid():032x}"
    whole = (ROOT / "cgroup.controllers").exists()
    roots = [ROOT] if whole else [ROOT / each for each in ("cpuacct", "cpu", "memory")]
    made: list[Path] = []
    try:
        for root in roots:
            (root / name).mkdir()
            made.append(root / name)
        yield made
    except OSError as error:
        pytest.skip(f"no control group can be made here: {error}")
    finally:
        for folder in made:
            folder.rmdir()


BUSY = "import time\nx = bytearray(50_000_000)\nwhile time.process_time() < 0.5: pass\n"


def test_a_real_group_counts_what_its_processes_use(group: list[Path]) -> None:
    identity = group[0].name.removeprefix("loadstone-test-")
    folders = find(identity)
    assert set(folders.values()) == set(group)
    before = read(folders, time.time())
    if before is None:
        pytest.skip("no memory controller for groups here")
    code = f"import os\nfor file in {[str(each / 'cgroup.procs') for each in group]}:\n"
    code += "    open(file, 'w').write(str(os.getpid()))\n" + BUSY + "input()\n"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        deadline = time.monotonic() + 30
        while (now := read(folders, time.time())) is not None and time.monotonic() < deadline:
            if now.cpu - before.cpu >= 0.45 and now.anon - before.anon >= 50_000_000:
                break
            time.sleep(0.05)
        process.communicate(b"\n")
    assert now is not None
    assert now.cpu - before.cpu == pytest.approx(0.5, abs=0.3)
    assert now.anon - before.anon >= 50_000_000
    assert now.working_set >= now.anon
