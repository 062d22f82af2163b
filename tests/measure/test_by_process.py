"""Quantities of several processes: what each has, and what they come to together."""

import pytest

from loadstone import formats
from loadstone.measure.by_process import added, of_readings, together
from loadstone.measure.probes.allocations import AllocationData
from loadstone.measure.probes.api_requests import ApiData
from loadstone.measure.probes.counters import CounterData
from loadstone.measure.probes.probe import ProbeReading
from loadstone.measure.probes.process import ProcessData
from loadstone.measure.probes.profile import ProfileData
from loadstone.measure.probes.scrape_data import ScrapeData
from loadstone.model.reasons import Part, part
from tests.component.several import SOMEWHERE, component, server

COUNTING = {"allocations": "a_total", "reloads": "r_total"}
TWO = component(
    control=server("a", metrics="http://${a}/", scrape=COUNTING),
    data=server(
        "b",
        metrics="http://${b}/",
        scrape={"reloads": "x_total", "served": "s_total"},
        revisions=SOMEWHERE,
        revision="1",
    ),
)


def process(cpu, rss, moments=(0.0, 1.0)):
    points = list(zip(moments, rss, strict=True))
    return ProcessData(cpu=(1.0, 1.0 + cpu), rss=points, anon=points, peak=9, threads=[], fds=[])


def scraped(**ends):
    values = {name: [(0.0, 0.0), (1.0, float(end))] for name, end in ends.items()}
    return ScrapeData(values=values, gauges=frozenset(ends), at_open=frozenset(ends), scrapes=2)


def readings(**by_process):
    return {
        name: {probe: ProbeReading(data=data, cost=0.0) for probe, data in probes.items()}
        for name, probes in by_process.items()
    }


def of(**by_process):
    return of_readings(readings(**by_process), TWO)


def test_cpu_and_memory_are_those_of_each_and_their_sum():
    found = of(control={"process": process(2.0, [10, 30])}, data={"process": process(1.0, [5, 5])})
    assert found.quantities["process.control.cpu_seconds"] == 2.0
    assert found.quantities["process.data.cpu_seconds"] == 1.0
    assert found.quantities["process.cpu_seconds"] == 3.0
    assert found.quantities["process.data.rss_end"] == 5
    assert found.quantities["process.rss_end"] == 35
    assert found.quantities["process.anon_peak"] == 35
    assert set(found.series) >= {"process.rss", "process.control.rss", "process.data.rss"}


def test_a_sum_that_lacks_a_part_is_not_known():
    counted = {"counters": CounterData(counted={"syscalls": 3.0})}
    found = of(control=counted, data={"counters": CounterData(counted={})})
    assert found.quantities == {"process.control.syscalls": 3.0}
    found = of(control=counted, data=counted)
    assert found.quantities["process.syscalls"] == 6.0


def test_a_sum_is_taken_at_the_moments_of_the_first_with_what_the_others_had_then():
    assert added([[(0.0, 1), (1.0, 2)], [(0.1, 10), (0.9, 20), (1.1, 90)]]) == [
        (0.0, 11),
        (1.0, 22),
    ]
    assert added([[(0.0, 1)], []]) == []
    one = process(1.0, [1, 2])
    assert together([one]) is one


def test_a_scraped_series_is_of_the_first_process_that_has_it_and_the_main_one_comes_first():
    found = of(
        control={"scrape": scraped(reloads=3, allocations=1)},
        data={"scrape": scraped(reloads=7, served=5)},
    )
    assert found.quantities["scrape.reloads.end"] == 3
    assert found.quantities["scrape.served.end"] == 5
    assert found.quantities["process.control.scrape.reloads.end"] == 3
    assert found.quantities["process.data.scrape.reloads.end"] == 7
    assert found.quantities["process.data.scrape.served.end"] == 5


def test_the_series_of_another_never_stands_for_one_that_was_not_shown():
    found = of(control={"scrape": scraped()}, data={"scrape": scraped(reloads=7)})
    assert "scrape.reloads.end" not in found.quantities
    assert found.quantities["process.data.scrape.reloads.end"] == 7


def test_allocations_are_summed_over_the_processes_that_count_them():
    counts = AllocationData(
        first={"objects": 10.0}, last={"objects": 110.0}, reading={"objects": 5.0}, page=None
    )
    nothing = AllocationData(first={}, last={})
    found = of(control={"allocations": counts}, data={"allocations": nothing})
    assert found.quantities["allocations.objects"] == 95
    assert found.quantities["process.control.allocations.objects"] == 95
    assert "process.data.allocations.objects" not in found.quantities


def test_what_is_there_once_a_side_is_the_main_ones():
    asked = ApiData(requests={"get pods x": 3}, events={}, sent={})
    nothing = ApiData(requests={}, events={}, sent={})
    found = of(
        control={"api": asked, "pprof": ProfileData(cpu=0.5)},
        data={"api": nothing, "pprof": ProfileData(cpu=0.1)},
    )
    assert found.quantities["api.requests"] == 3
    assert "api.control.requests" not in found.quantities
    assert found.quantities["profile.cpu_seconds"] == 0.5
    assert found.quantities["process.data.profile.cpu_seconds"] == 0.1


def test_a_note_says_which_process_it_is_of():
    found = of(
        control={"scrape": scraped(reloads=1)},
        data={"scrape": ScrapeData(values={"served": []}, scrapes=1)},
    )
    (note,) = (note for note in found.notes if note.code == "series-missing")
    assert note.data == {"names": "served", "process": "data"}


def test_a_component_of_one_process_has_quantities_without_a_name():
    alone = formats.Component(
        component="x", about="", role="x", revisions=formats.Revisions(), command=["x"],
        ready=formats.Ready(url="http://x/"),
    )  # fmt: skip
    found = of_readings(readings(**{"": {"process": process(2.0, [1, 2])}}), alone)
    assert found.quantities["process.cpu_seconds"] == 2.0
    assert not any(name.count(".") > 1 for name in found.quantities)


@pytest.mark.parametrize(
    ("quantity", "of"),
    [
        ("process.kube-proxy.cpu_seconds", Part.CPU),
        ("process.kube-proxy.anon_peak", Part.MEMORY),
        ("process.kube-proxy.start_seconds", Part.START),
        ("process.kube-proxy.allocations.objects", Part.WORK),
    ],
)
def test_a_reason_spoils_what_is_of_one_process_as_it_does_the_sum(quantity, of):
    assert part(quantity) is of
