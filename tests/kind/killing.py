"""Kills sessions of the provider `kind` at any moment, sweeps, and counts what is left and lost.

python -m tests.kind.killing --times 50 --within 60

A session goes on after each kill where it was, as `--resume` does it, until it ends or is killed
again; the last one is left to end. One that has ended before its moment came is no kill.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from loadstone.model import Run
from loadstone.store.rounds import RoundLog
from loadstone.system import processes
from tests.kind.ground import Ground, ground
from tests.kind.sessions import BASE, HEAD, configured, record

# One run at a time, each of a few seconds, in a cluster of one node.
WHAT = ("--scenario", "routes-cold-start", "--component", "traefik", "--looks", "4")
COMMAND = (sys.executable, "-m", "loadstone")
RUN = (*COMMAND, "run", "--provider", "kind", "--base", BASE, "--head", HEAD, *WHAT)
CODES = (0, 1, 3)  # it ended; what its rounds find on a busy machine is not the question
PATIENCE = 1500.0  # s
EVERY = 0.05  # s


@dataclass(frozen=True, kw_only=True)
class Killing:
    """What a kill has done."""

    ended: bool  # the session had ended by itself
    said: str  # its last words
    swept: str  # what the sweep said
    left: frozenset[str]  # containers and images of the session, after the sweep
    lost: int  # runs that the session had told of, and that are not on disk


class KilledSession:
    """A session in a folder of its own, which is killed and goes on as often as one likes."""

    def __init__(self, there: Ground, folder: Path) -> None:
        self._there, self._folder = there, configured(there, folder)
        self._told = 0  # runs, by all of its processes

    @property
    def out(self) -> Path:
        return self._folder / "out"

    def runs(self) -> Sequence[Run]:
        """The runs that are on disk, as one who goes on reads them."""
        log = self.out / "rounds.jsonl"
        return RoundLog(log).read() if log.exists() else []

    def kill_when(self, due: Callable[[], bool]) -> Killing:
        """Go on, and kill it as soon as that is so; then sweep."""
        said = self._folder / "said.txt"
        with (
            said.open("w") as sink,
            subprocess.Popen(self._line(), cwd=self._folder, stdout=sink, stderr=sink) as child,
        ):
            owner = processes.identity(psutil.Process(child.pid))
            while child.poll() is None and not due():
                time.sleep(EVERY)
            ended = child.poll() is not None
            child.send_signal(signal.SIGKILL)
        if ended:
            assert child.returncode in CODES, said.read_text()[-3000:]
        swept, words = self._done("sweep"), said.read_text()
        self._told += _told(words)
        return Killing(
            ended=ended,
            said=(words.splitlines() or ["nothing"])[-1],
            swept=swept,
            left=frozenset(self._there.left(owner)),
            lost=max(0, self._told - len(self.runs())),
        )

    def to_the_end(self) -> dict[str, Any]:
        """Its record, once it has gone on to its end."""
        self._done(*self._line()[len(COMMAND) :], codes=CODES)
        return record(self.out)

    def _line(self) -> list[str]:
        """The command; without a log there is nothing yet to go on with."""
        return [*RUN, *(["--resume"] if (self.out / "rounds.jsonl").exists() else [])]

    def _done(self, *arguments: str, codes: Sequence[int] = (0,)) -> str:
        command = [*COMMAND, *arguments]
        done = subprocess.run(
            command,
            cwd=self._folder,
            text=True,
            capture_output=True,
            check=False,
            timeout=PATIENCE,
        )
        assert done.returncode in codes, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout


def after(seconds: float) -> Callable[[], bool]:
    """Whether so long has passed."""
    due = time.monotonic() + seconds
    return lambda: time.monotonic() >= due


def _told(text: str) -> int:
    """The runs that a session has told of, a line each."""
    return sum(line.startswith("round ") for line in text.splitlines())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--within", type=float, default=60.0, help="seconds from a beginning")
    asked = parser.parse_args()
    there, draw = ground(), random.Random(1)
    killed = swept = ended = within_runs = 0
    with tempfile.TemporaryDirectory() as folder:
        session = KilledSession(there, Path(folder) / "0")
        while killed < asked.times:
            seconds, before = draw.uniform(0.0, asked.within), session.runs()
            done = session.kill_when(after(seconds))
            kept = session.runs()
            killed += not done.ended
            print(
                f"{killed}: {'ended before' if done.ended else 'killed after'} {seconds:.1f} s"
                f" ({done.said}), left {len(done.left)},"
                f" runs {len(before)} to {len(kept)}, lost {done.lost}",
                flush=True,
            )
            if done.left or done.lost or _starts(kept)[: len(before)] != _starts(before):
                return 1
            swept += "kind cluster" in done.swept
            within_runs += not done.ended and done.said.startswith("round ")
            if done.ended:
                ended += 1
                session = KilledSession(there, Path(folder) / str(ended))
        runs = len(session.to_the_end()["runs"])
    print(f"{killed} kills, {swept} clusters swept, nothing left, no run on disk lost")
    print(f"{within_runs} of them after a run of the same process")
    print(f"{ended} sessions ended meanwhile; the last one went on to its end, {runs} runs")
    return 0


def _starts(runs: Sequence[Run]) -> list[str]:
    return [run.started for run in runs]


if __name__ == "__main__":
    sys.exit(main())
