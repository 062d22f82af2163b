"""The kernel's counters, on events that every kernel counts."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from loadstone.system.perf_events import (
    EVENTS,
    Event,
    EventCounter,
    Hindrance,
    Kind,
    NotCounted,
    hindrance,
    threads,
)

CLOCK = Event(name="task_clock", kind=Kind.SOFTWARE, config=lambda: 1, user_only=True)  # ns
needs_perf = pytest.mark.skipif(hindrance(CLOCK) is not None, reason="the kernel counts for nobody")
# Waits for a line, then works in a process of its own, started by a thread of its own.
HEIR = """
import os, subprocess, sys, threading
def work():
    subprocess.run([sys.executable, "-c", "sum(range(5_000_000))"])
sys.stdin.readline()
thread = threading.Thread(target=work)
thread.start()
thread.join()
print("done", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def heir():
    process = subprocess.Popen(
        [sys.executable, "-c", HEIR], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    yield process
    process.kill()
    process.communicate()


@needs_perf
def test_what_a_process_starts_later_is_counted_with_it(heir):
    counter = EventCounter(CLOCK, [heir.pid])
    before = counter.read()
    heir.stdin.write("go\n")
    heir.stdin.flush()
    assert heir.stdout.readline() == "done\n"
    assert counter.read() - before > 10e6  # a hundredth of a second: the grandchild's work
    counter.close()
    counter.close()


@needs_perf
def test_every_thread_that_is_there_is_counted():
    code = (
        "import threading, time\n"
        "def work():\n    while True: sum(range(1000)); time.sleep(0)\n"
        "for _ in range(2): threading.Thread(target=work).start()\n"
        "print(flush=True)\ntime.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            assert len(threads([process.pid])) == 3
            counter = EventCounter(CLOCK, [process.pid])
            deadline = time.monotonic() + 30
            while counter.read() < 10e6:  # the first thread only sleeps
                assert time.monotonic() < deadline
                time.sleep(0.01)
            counter.close()
        finally:
            process.kill()


@needs_perf
def test_a_process_that_has_ended_counts_nothing():
    gone = subprocess.Popen(["true"])
    gone.wait()
    assert EventCounter(CLOCK, [gone.pid]).read() == 0.0


def test_an_event_that_the_kernel_does_not_know_says_so():
    nameless = Event(name="x", kind=Kind.TRACEPOINT, config=lambda: None)
    assert hindrance(nameless) is Hindrance.NO_TRACEFS
    with pytest.raises(NotCounted):
        EventCounter(nameless, [])
    odd = Event(name="y", kind=Kind.SOFTWARE, config=lambda: 999)
    assert hindrance(odd) is not None


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.name)
def test_every_event_of_a_run_is_counted_here_or_it_is_known_why_not(event):
    assert hindrance(event) in {None, *Hindrance} - {Hindrance.FAILED}
