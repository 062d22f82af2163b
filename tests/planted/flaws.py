"""The flaws that can be planted: each a switch, all off in the plain program."""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import time
from dataclasses import dataclass, field, fields

BUSY = 0.0005  # s of CPU a request
KEPT = 20_000  # By a request
PEER = 30e-6  # s of CPU for each ingress that is there, at every reconcile
STALL = 0.2  # s
CRASH_STATUS = 70


@dataclass(frozen=True, kw_only=True)
class Flaws:
    """What is switched on; a number is how often or after how much."""

    extra_call: bool = False
    quadratic: bool = False
    busy: bool = False
    leak: bool = False
    stall: float = 0.0  # s between two stalls
    crash_after: int = 0  # requests
    wrong_answers: int = 0  # one in so many
    never_ready: bool = False
    html_profile: bool = False

    @classmethod
    def of(cls, options: argparse.Namespace) -> Flaws:
        return cls(**{each.name: getattr(options, each.name) for each in fields(cls)})

    @property
    def name(self) -> str:
        """What `--version` says: the switches, or `plain`."""
        on = [each.name.replace("_", "-") for each in fields(self) if getattr(self, each.name)]
        return ",".join(on) or "plain"


def add_switches(parser: argparse.ArgumentParser) -> None:
    """The switches as options of the command line."""
    switch = parser.add_argument
    switch("--extra-call", action="store_true", help="one more API request for every reconcile")
    switch("--quadratic", action="store_true", help="look at all ingresses for every reconcile")
    switch("--busy", action="store_true", help=f"burn {BUSY * 1000:g} ms of CPU for every request")
    switch("--leak", action="store_true", help=f"keep {KEPT} bytes of every request")
    switch(
        "--stall", type=float, nargs="?", const=10.0, default=0.0, metavar="SECONDS",
        help=f"do nothing at all for {STALL:g} s every SECONDS (10)",
    )  # fmt: skip
    switch("--crash-after", type=int, default=0, metavar="N", help="end after N requests")
    switch("--wrong-answers", type=int, default=0, metavar="N", help="answer 1 in N with 502")
    switch("--never-ready", action="store_true", help="/ping answers 503 for ever")
    switch("--html-profile", action="store_true", help="/debug/pprof/heap is a page, with 200")


@dataclass(kw_only=True)
class Planted:
    """The flaws at work. `kept` is the leak."""

    flaws: Flaws
    kept: list[bytes] = field(default_factory=list)
    stalls: int = 0
    _count: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def on_request(self) -> bool:
        """Do what is planted for a request; False when it is to be answered wrongly."""
        number = next(self._count)
        if self.flaws.crash_after and number > self.flaws.crash_after:
            sys.stderr.write(f"planted: crashing after {self.flaws.crash_after} requests\n")
            sys.stderr.flush()
            os._exit(CRASH_STATUS)
        if self.flaws.leak:
            self.kept.append(b"\x01" * KEPT)  # not zeros: those would take no memory
        if self.flaws.busy:
            burn(BUSY)
        return not (self.flaws.wrong_answers and number % self.flaws.wrong_answers == 0)

    def stall(self) -> None:
        """Block the whole program, as a stop-the-world pause does, without using CPU."""
        self.stalls += 1
        time.sleep(STALL)


def burn(seconds: float) -> None:
    """Use so much CPU time of this thread."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass
