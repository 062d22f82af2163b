"""Profiles as large as they may be, and the memory that reading one takes."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.profiles import large

MOST = 600  # MiB
READER = """
import sys
from pathlib import Path
from loadstone.profiles.function_costs import function_costs
from loadstone.profiles.reading import read
costs = function_costs(read(Path(sys.argv[1]).read_bytes()), "inuse_space")
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(len(costs.total), int(status["VmHWM"].split()[0]) // 1024)
"""


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak of a process from /proc")
def test_a_profile_of_fifty_megabytes_is_summed_up_in_bounded_memory(tmp_path):
    data = large.profile()
    assert 50 <= len(data) / large.MIB <= 64
    path = tmp_path / "large.pb"
    path.write_bytes(data)
    found = subprocess.run(
        [sys.executable, "-c", READER, str(path)], capture_output=True, text=True, check=True
    )
    functions, peak = map(int, found.stdout.split())
    assert functions == large.DEPTH * large.WIDTH
    assert peak < MOST
