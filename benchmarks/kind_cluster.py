"""A session on kind from nothing: seconds to a cluster that is ready, to the first run, to the end.

    python -m benchmarks.kind_cluster
    python -m benchmarks.kind_cluster --place pods

Traefik in the quick tier of the scenario of steady traffic, on the node image of `make kind`, which
is made before the clock starts; programs and images of Traefik are there as well. In mixed rounds
programs have a cluster for each side, and pods one cluster with a namespace for each.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.kind.ground import Ground, ground
from tests.kind.sessions import REVISIONS, command, configured, image

from loadstone.cluster.kind.kind_provider import KindProvider
from loadstone.model.plan import PLACES, PODS

EVERY = 0.1  # s between two looks at what there is of a session


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--place", choices=PLACES, default=PLACES[0])
    asked = parser.parse_args(arguments)
    there, pods = ground(), asked.place == PODS
    with tempfile.TemporaryDirectory() as folder:
        ready, gone = _cluster(there, Path(folder), pods=pods)
        print(f"cluster ready after {ready:.0f} s, gone {gone:.0f} s after the end", flush=True)
        first, whole, runs = _session(there, Path(folder) / "session", pods=pods)
    print(f"in {asked.place}: first run after {first:.0f} s, quick tier after {whole:.0f} s")
    print(f"with {runs} runs")
    return 0


def _cluster(there: Ground, folder: Path, *, pods: bool) -> tuple[float, float]:
    """Seconds from nothing to a cluster that is ready, and from its end to nothing."""
    begun = time.monotonic()
    with KindProvider(options=there.options(pods=pods)).provision(workdir=folder / "cluster-0"):
        ready = time.monotonic()
    return ready - begun, time.monotonic() - ready


def _session(there: Ground, folder: Path, *, pods: bool) -> tuple[float, float, int]:
    """Seconds to the end of the first run and to that of the session, and how many runs it had."""
    images = [f"image:{image(there, each)}" for each in REVISIONS]
    base, head = images if pods else REVISIONS
    where = ["--provider", "kind", "--place", PODS if pods else PLACES[0]]
    line = command("run", *where, "--base", base, "--head", head)
    rounds, first = configured(there, folder) / "out/rounds.jsonl", 0.0
    begun = time.monotonic()
    with subprocess.Popen(line, cwd=folder, stdout=sys.stderr, stderr=sys.stderr) as session:
        while session.poll() is None:
            first = first or (time.monotonic() if _runs(rounds) else 0.0)
            time.sleep(EVERY)
    if session.returncode not in (0, 1):
        raise SystemExit(f"the session failed: {session.returncode}")
    return first - begun, time.monotonic() - begun, _runs(rounds)


def _runs(rounds: Path) -> int:
    """The runs that are on disk, whose log begins with a line of its own."""
    return max(0, rounds.read_text().count("\n") - 1) if rounds.exists() else 0


if __name__ == "__main__":
    sys.exit(main())
