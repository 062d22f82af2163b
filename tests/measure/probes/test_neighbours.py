"""CPU time of generator and upstream in a window."""

from __future__ import annotations

import subprocess
import sys
import time
from functools import partial

import pytest

from loadstone.measure.probes.neighbours import NeighbourProbe
from loadstone.measure.probes.probe import Subject
from loadstone.measure.process_clocks import own_cpu
from loadstone.measure.quantities import of_readings

BUSY = "while True: pass"
PARENT = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {BUSY!r}]); "


@pytest.fixture
def child():
    started = []

    def start(code):
        process = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
        started.append(process)
        return process

    yield start
    for process in started:
        subprocess.run(["kill", "-9", "--", f"-{process.pid}"], check=False, capture_output=True)
        process.wait()


def used(**neighbours):
    probe = NeighbourProbe()
    probe.open(Subject(pid=1, neighbours={n: partial(list, p) for n, p in neighbours.items()}))
    time.sleep(0.3)
    return of_readings({"neighbours": probe.close()}).quantities


def test_the_cpu_time_of_each_neighbour_is_told_with_all_its_processes(child):
    busy, idle = child(BUSY), child("import time; time.sleep(600)")
    while own_cpu(busy.pid) < 0.1 or own_cpu(idle.pid) == 0:
        time.sleep(0.01)
    time.sleep(0.2)
    found = used(upstream=[busy.pid, idle.pid], generator=[idle.pid])
    assert found.keys() == {"upstream.cpu_seconds", "generator.cpu_seconds"}
    assert 0 <= found["generator.cpu_seconds"] < found["upstream.cpu_seconds"]


def test_workers_of_a_neighbour_are_its_own(child):
    master = child(f"{PARENT}time.sleep(600)")
    deadline = time.monotonic() + 30
    while not (found := used(upstream=[master.pid])["upstream.cpu_seconds"]) > 0.02:
        assert time.monotonic() < deadline
    assert found > 0.02


def test_a_neighbour_that_is_not_there_or_has_ended_has_no_cpu_time(child):
    gone = child("pass")
    gone.wait()
    assert used(upstream=[gone.pid], generator=[]) == {}
