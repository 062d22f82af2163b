"""Kills sessions of the provider `kind` at any moment, sweeps, and counts what is left.

python -m tests.kind.killing --times 50 --within 60
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

from loadstone.cluster.kind.kind_provider import KindProvider
from loadstone.system import processes, temporary
from tests.kind.ground import Ground, ground

TREE = Path(__file__).parents[2]
SESSION = """
    import pathlib, sys, time
    from loadstone.cluster.kind.kind_provider import KindProvider
    from tests.kind.ground import ground
    options = ground().options()
    print("begun", flush=True)
    with KindProvider(options=options).provision(workdir=pathlib.Path(sys.argv[1])):
        time.sleep(5)
    print("over", flush=True)
"""


def kill_at(seconds: float, there: Ground, folder: Path) -> list[str]:
    """Kill a session so long after its beginning, and sweep; what the sweep removed."""
    command = [sys.executable, "-c", textwrap.dedent(SESSION), str(folder / "session")]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, cwd=TREE, start_new_session=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"begun\n"
        time.sleep(seconds)
        child.send_signal(signal.SIGKILL)
    processes.sweep()  # what kind had started, which would go on
    temporary.sweep()
    return KindProvider(options=there.options()).sweep()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--within", type=float, default=60.0, help="seconds of a whole session")
    asked = parser.parse_args()
    there, draw = ground(), random.Random(1)
    before, swept = there.left(), 0
    for number in range(asked.times):
        seconds = draw.uniform(0.0, asked.within)
        with tempfile.TemporaryDirectory() as folder:
            swept += len(kill_at(seconds, there, Path(folder)))
        left = there.left() - before
        print(f"{number + 1}: killed after {seconds:.1f} s, left {len(left)}", flush=True)
        if left:
            return 1
    print(f"{asked.times} sessions killed, {swept} clusters swept, nothing left")
    return 0


if __name__ == "__main__":
    sys.exit(main())
