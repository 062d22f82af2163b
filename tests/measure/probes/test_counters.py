"""Events of a process tree in a window."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from loadstone.measure.probes.counters import CounterProbe, uncounted
from loadstone.measure.probes.probe import Subject
from loadstone.measure.quantities import of_readings
from loadstone.plan.catalogue import known
from loadstone.system.perf_events import EVENTS, Event, Kind, hindrance

RESTLESS = "import time\nwhile True: time.sleep(0.001)"
FAULTS = Event(name="page_faults", kind=Kind.SOFTWARE, config=lambda: 2)
ABSENT = Event(name="absent", kind=Kind.TRACEPOINT, config=lambda: None)


@pytest.fixture
def child():
    process = subprocess.Popen([sys.executable, "-c", RESTLESS])
    yield process.pid
    process.kill()
    process.wait()


def counted(pid, events):
    probe = CounterProbe(events)
    probe.open(Subject(pid=pid))
    time.sleep(0.3)
    return of_readings({"counters": probe.close()}).quantities


def test_context_switches_are_counted_on_every_machine(child):
    deadline = time.monotonic() + 30
    while counted(child, ())["process.context_switches"] < 20:
        assert time.monotonic() < deadline


def test_what_is_not_counted_here_is_absent_and_the_rest_is_there(child):
    found = counted(child, (ABSENT, FAULTS))
    here = {"process.page_faults"} if hindrance(FAULTS) is None else set()
    assert found.keys() == {"process.context_switches"} | here


def test_what_no_machine_event_counts_here_is_said_beforehand():
    names = {f"process.{event.name}": event for event in EVENTS}
    assert uncounted() == {name for name, event in names.items() if hindrance(event)}
    assert all(known(name) for name in names)
