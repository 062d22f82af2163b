"""What a runtime allocates in a window, without what our own fetches make it allocate."""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.measure.probes.allocations import AllocationData, AllocationProbe, of_expvar
from loadstone.measure.probes.probe import ProbeReading, Subject
from loadstone.measure.probes.scrape import ScrapeProbe
from loadstone.measure.quantities import of_allocations, of_readings
from tests.measure.fakes.go_program import go_program
from tests.measure.fakes.website import website

SCRAPE = {
    "allocations": "go_memstats_mallocs_total",
    "allocated_bytes": "go_memstats_alloc_bytes_total",
}


def measured(subject, between, *, scrapes=0):
    """The quantities of a window in which `between` is done and the page is scraped."""
    scrape, probe = ScrapeProbe(), AllocationProbe()
    scrape.open(subject)
    probe.open(subject)
    between()
    for _ in range(scrapes):
        scrape._fetch()  # as its thread does every second
    probe.close()
    pages = scrape.close()
    return of_readings({"scrape": pages, "allocations": probe.settle()}).quantities


@pytest.mark.slow  # it is built first
@pytest.mark.parametrize("exact", [True, False], ids=["expvar", "page"])
def test_go_has_allocated_what_it_was_asked_for_and_not_our_scrapes(exact, tmp_path):
    with go_program(tmp_path) as program:
        subject = Subject(
            pid=program.pid,
            metrics=f"{program.url}/metrics",
            scrape=SCRAPE,
            expvar=f"{program.url}/debug/vars" if exact else "",
        )
        for _ in range(3):  # until nothing is done for the first time
            measured(subject, lambda: None)
        asked = "/allocate?objects=20000"
        found = measured(subject, lambda: program.ask(asked), scrapes=5)
    assert found["allocations.own_objects"] > 5 * 1000
    assert found["allocations.objects"] == pytest.approx(20_000, rel=0.03)
    assert found["allocations.bytes"] == pytest.approx(20_000 * 128, rel=0.05)
    assert found["scrape.allocations.delta"] > 26_000


class Runtime:
    """A runtime whose counters grow by a fixed amount for each fetch."""

    def __init__(self, **costs: int) -> None:
        self.costs = costs
        self.objects = 0

    def answer(self, _host, path):
        self.objects += self.costs.get(path.strip("/"), 0)
        stats = {"memstats": {"Mallocs": self.objects, "TotalAlloc": 10 * self.objects}}
        if path == "/vars":
            return 200, {}, json.dumps(stats).encode()
        page = f"go_memstats_mallocs_total {self.objects}\n"
        return 200, {}, page.encode()


@pytest.mark.parametrize("expvar", ["/vars", "", "/metrics"])
def test_what_our_own_fetches_allocate_is_taken_off(expvar):
    runtime = Runtime(metrics=1000, vars=70)

    def work():
        runtime.objects += 12_345

    with website(runtime.answer) as address:
        url = f"http://{address}"
        subject = Subject(
            pid=os.getpid(),
            metrics=f"{url}/metrics",
            scrape=SCRAPE,
            expvar=expvar and f"{url}{expvar}",
        )
        found = measured(subject, work, scrapes=3)
    assert found["allocations.objects"] == 12_345
    assert found["allocations.own_objects"] == 3 * 1000 + (70 if expvar == "/vars" else 1000)
    assert ("allocations.bytes" in found) == (expvar == "/vars")  # the page shows none


@pytest.mark.parametrize("scrape", [{}, {"heap": "go_memstats_heap_inuse_bytes"}])
def test_a_component_that_names_no_counter_has_no_allocations_and_is_not_asked(scrape):
    def answer(*_):
        raise AssertionError

    with website(answer) as address:
        url = f"http://{address}"
        probe = AllocationProbe()
        probe.open(Subject(pid=os.getpid(), metrics=url, scrape=scrape, expvar=url))
        probe.close()
        data = probe.settle().data
    assert data == AllocationData(first={}, last={})


def test_a_component_that_has_gone_has_no_allocations():
    gone = "http://127.0.0.1:9/metrics"
    probe = AllocationProbe()
    probe.open(Subject(pid=os.getpid(), metrics=gone, scrape=SCRAPE, expvar=gone))
    probe.close()
    assert of_readings({"allocations": probe.settle()}).quantities == {}


def test_allocations_whose_own_cost_is_not_known_are_not_known():
    half = AllocationData(first={"objects": 1.0}, last={"objects": 9.0})
    assert of_allocations(half, 0).quantities == {}
    data = AllocationData(first={"objects": 1.0}, last={"objects": 9.0}, reading={"objects": 1.0})
    assert of_allocations(data, 0).quantities["allocations.objects"] == 7
    assert of_allocations(data, 1).quantities == {}


def test_a_counter_that_began_anew_has_no_growth():
    cost = {"objects": 1.0}
    data = AllocationData(first={"objects": 100.0}, last={"objects": 9.0}, reading=cost, page=cost)
    assert of_readings({"allocations": ProbeReading(data=data, cost=0.0)}).quantities == {}


@given(st.binary() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(str))
def test_whatever_a_page_holds_is_counters_or_nothing(body):
    assert of_expvar(body if isinstance(body, bytes) else body.encode()) == {}
