"""From what probes saw to quantities."""

import math
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone.measure.points import evenly, slope
from loadstone.measure.probes.api_requests import ApiData, of_component
from loadstone.measure.probes.probe import ProbeReading
from loadstone.measure.probes.process import ProcessData
from loadstone.measure.probes.scrape_data import ScrapeData, of_pages
from loadstone.measure.probes.selector import Selector
from loadstone.measure.probes.text_page import read
from loadstone.measure.quantities import of_api, of_process, of_readings, of_scrape
from loadstone.model import Accounting
from loadstone.report.common.sentences import in_full

MIB = 1 << 20


def process(**more):
    fields: dict[str, Any] = {
        "cpu": (1.5, 4.0),
        "rss": [(0.0, 100 * MIB), (1.0, 120 * MIB), (2.0, 110 * MIB)],
        "anon": [(0.0, 10 * MIB), (1.0, 30 * MIB), (2.0, 20 * MIB)],
        "peak": 125 * MIB,
        "threads": [(0.0, 7), (1.0, 9), (2.0, 8)],
        "fds": [(0.0, 20), (1.0, 30), (2.0, 40)],
    }
    return ProcessData(**(fields | more))


def test_a_process_comes_to_its_cpu_memory_threads_and_files():
    found = of_process(process()).quantities
    assert found["process.cpu_seconds"] == 2.5
    assert found["process.rss_peak"] == 125 * MIB  # the kernel saw more than our samples
    assert found["process.rss_end"] == 110 * MIB
    assert found["process.anon_peak"] == 30 * MIB
    assert (found["process.threads"], found["process.fds"]) == (9, 40)
    assert found["process.fds_slope"] == 10


def test_what_grows_in_a_run_is_kept_as_a_series_against_time():
    series = of_process(process()).series
    assert series["process.fds"] == [[0.0, 20], [1.0, 30], [2.0, 40]]
    assert set(series) == {"process.rss", "process.anon", "process.threads", "process.fds"}


def test_without_a_peak_of_the_kernel_the_largest_sample_counts():
    assert of_process(process(peak=None)).quantities["process.rss_peak"] == 120 * MIB


def test_a_process_that_nobody_could_look_at_has_no_memory_rather_than_none():
    found = of_process(process(rss=[], anon=[])).quantities
    assert not [name for name in found if "rss" in name or "anon" in name]


def test_a_counter_that_appears_while_we_look_has_grown_from_zero():
    pages = ["old_total 5\n", "old_total 9\nnew_total 3\n"]
    found = scraped(pages, old="old_total", new="new_total").quantities
    assert (found["scrape.old.delta"], found["scrape.new.delta"]) == (4.0, 3.0)
    assert (found["scrape.old.end"], found["scrape.old.max"]) == (9.0, 9.0)


def test_a_series_that_never_showed_is_noted_and_has_no_quantity():
    outcome = of_scrape(ScrapeData(values={"gone": []}, scrapes=3))
    assert not outcome.quantities
    assert [reason.code for reason in outcome.notes] == ["series-missing"]


def scraped(pages, **scrape):
    """What pages a second apart come to, for aliases and their series."""
    selectors = {alias: Selector.parse(text) for alias, text in scrape.items()}
    read_pages = [(float(at), read(page, selectors)) for at, page in enumerate(pages)]
    return of_scrape(of_pages(read_pages, selectors))


def test_a_counter_that_begins_anew_has_grown_by_what_it_counted():
    outcome = scraped([f"a_total {value}\n" for value in (100, 150, 10, 30)], a="a_total")
    assert outcome.quantities == {
        "scrape.a.delta": 80,
        "scrape.a.end": 30,
        "scrape.a.max": 150,
        "scrape.a.slope": pytest.approx((20 + 80 / 3) / 2),  # of growth 0, 50, 60, 80
    }
    (note,) = outcome.notes
    assert note.code == "counter-began-anew"
    assert in_full(note) == "a began anew once while we looked; its growth counts on from 0 there"


def test_a_gauge_that_appears_while_we_look_has_grown_from_zero_too():
    pages = ["b 1\n", *(f"# TYPE a gauge\na {value}\n" for value in (100, 101))]
    assert scraped(pages, a="a").quantities["scrape.a.delta"] == 101


def test_a_gauge_may_fall():
    pages = [f"# TYPE a gauge\na {value}\n" for value in (100, 150, 10, 30)]
    outcome = scraped(pages, a="a")
    assert outcome.quantities["scrape.a.delta"] == -70
    assert not outcome.notes


@pytest.mark.parametrize("odd", ["NaN", "+Inf", "-Inf", "1e999"])
def test_a_value_that_is_no_number_is_a_point_that_is_absent(odd):
    outcome = scraped([f"# TYPE a gauge\na {value}\n" for value in (1, odd, 4)], a="a")
    assert outcome.series["scrape.a"] == [[0.0, 1.0], [2.0, 4.0]]
    assert outcome.quantities["scrape.a.delta"] == 3
    assert [in_full(note) for note in outcome.notes] == [
        "a was NaN or infinite in 1 of 3 scrapes, and has no value there"
    ]


def test_a_series_that_never_was_a_number_has_no_quantity_and_is_not_called_missing():
    outcome = scraped(['a{quantile="0.5"} NaN\n'] * 3, a="a")
    assert not outcome.quantities
    assert [note.code for note in outcome.notes] == ["series-not-a-number"]


def test_a_gauge_that_was_no_number_at_first_has_not_grown_from_zero():
    pages = [f"# TYPE a gauge\na {value}\n" for value in ("NaN", 500, 510)]
    assert scraped(pages, a="a").quantities["scrape.a.delta"] == 10


def test_growth_beyond_the_largest_number_is_no_quantity():
    pages = [f"# TYPE a gauge\na {value}\n" for value in ("-1.7e308", "1.7e308", "1.7e308")]
    assert scraped(pages, a="a").quantities == {"scrape.a.end": 1.7e308, "scrape.a.max": 1.7e308}


def test_what_could_not_be_read_is_noted_with_an_example():
    outcome = scraped(["a_total 1\na_total{x} 2\na_total 1\n"], a="a_total")
    assert [in_full(note) for note in outcome.notes] == [
        "1 line of the metrics page could not be read, such as “a_total{x} 2”",
        "1 sample was shown twice, such as “a_total 1”; the first one counts",
    ]


@settings(deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from(["1", "NaN", "+Inf", "1e308", "-1e308", "0", "x"]), max_size=3),
        max_size=5,
    ),
    st.sampled_from(["counter", "gauge", "summary", "untyped"]),
)
def test_every_quantity_and_every_point_is_a_number(pages, kind):
    texts = [
        f"# TYPE a {kind}\n" + "".join(f'a{{n="{n}"}} {value}\n' for n, value in enumerate(page))
        for page in pages
    ]
    outcome = scraped(texts, a="a")
    assert all(map(math.isfinite, outcome.quantities.values()))
    assert all(math.isfinite(value) for points in outcome.series.values() for _, value in points)


def test_failed_scrapes_are_noted():
    outcome = of_scrape(ScrapeData(values={}, problems=["a", "b"]))
    assert in_full(outcome.notes[0]) == "2 scrapes failed, such as a"


def test_requests_are_counted_by_verb_and_writes_apart():
    data = ApiData(
        requests={"list pods a/1": 3, "watch pods b 2": 2, "patch pods/status a/1": 5},
        events={"watch pods b 2": 40},
        sent={"list pods a/1": 1000},
    )
    assert of_api(data).quantities == {
        "api.requests": 10,
        "api.requests.list": 3,
        "api.requests.list.pods": 3,
        "api.requests.watch": 2,
        "api.requests.watch.pods": 2,
        "api.requests.patch": 5,
        "api.requests.patch.pods/status": 5,
        "api.requests.by_agent.a": 8,
        "api.requests.by_agent.b 2": 2,
        "api.writes": 5,
        "api.watch_events": 40,
        "api.bytes_out": 1000,
    }


def test_what_we_asked_ourselves_is_not_the_components():
    before = Accounting(requests={"get pods x/1 (linux)": 2, "create pods loadstone/1": 1})
    after = Accounting(
        requests={"get pods x/1 (linux)": 7, "create pods loadstone/1": 90, "list pods y": 1},
        sent={"get pods x/1 (linux)": 10, "create pods loadstone/1": 5},
    )
    found = of_component(before, after, "loadstone/")
    assert found.requests == {"get pods x/1 (linux)": 5, "list pods y": 1}
    assert found.sent == {"get pods x/1 (linux)": 10}


def test_bytes_and_events_that_nobody_counts_are_not_zero():
    audited = Accounting(requests={"list pods a/1": 3}, requests_only=True)
    found = of_api(of_component(Accounting(), audited, "loadstone/")).quantities
    assert found["api.requests"] == 3
    assert not {"api.watch_events", "api.bytes_out"} & set(found)


@settings(deadline=None)
@given(
    st.floats(-1e6, 1e6),
    st.floats(-1e6, 1e6),
    st.integers(3, 400),
)
def test_the_slope_of_a_line_is_its_slope(rise, start, count):
    points = [(t / 5, start + rise * t / 5) for t in range(count)]
    found = slope(points)
    assert found == pytest.approx(rise, abs=1e-6 * (abs(rise) + abs(start) + 1))


def test_a_single_jump_does_not_tilt_the_slope():
    points = [(float(t), 100.0) for t in range(50)]
    points[7] = (7.0, 1e9)
    assert slope(points) == 0.0


@pytest.mark.parametrize("points", [[], [(0.0, 1.0)], [(0.0, 1.0), (1.0, 2.0)], [(1.0, 1.0)] * 5])
def test_too_few_points_have_no_slope(points):
    assert slope(points) is None


@settings(deadline=None)
@given(st.integers(0, 2000), st.integers(2, 50))
def test_thinning_keeps_the_ends_and_the_order(count, most):
    points = [(float(t), float(t)) for t in range(count)]
    kept = evenly(points, most)
    assert len(kept) == min(count, most)
    assert list(kept) == sorted(set(kept))
    if points:
        assert (kept[0], kept[-1]) == (points[0], points[-1])


def test_all_samples_come_together():
    samples = {
        "process": ProbeReading(data=process(), cost=0.0),
        "api": ProbeReading(data=ApiData(requests={}, events={}, sent={}), cost=0.0),
        "other": ProbeReading(data=None, cost=0.0),
    }
    found = of_readings(samples).quantities
    assert {"process.cpu_seconds", "api.requests"} <= found.keys()


def test_what_a_probe_saw_and_nobody_reads_is_an_error():
    with pytest.raises(TypeError, match="SimpleNamespace"):
        of_readings({"new": ProbeReading(data=SimpleNamespace(), cost=0.0)})


def test_requests_are_counted_by_resource_and_by_who_asked():
    found = of_api(
        ApiData(
            requests={
                "get configmaps kube-scheduler/v1.34 (linux) a/b": 3,
                "get configmaps manager/1": 2,
                "patch pods/status manager/1": 5,
                "get /version manager/1": 1,
            },
            events={},
            sent={},
        )
    ).quantities
    assert found["api.requests.get"] == 6
    assert found["api.requests.get.configmaps"] == 5
    assert found["api.requests.patch.pods/status"] == 5
    assert found["api.requests.by_agent.kube-scheduler"] == 3
    assert found["api.requests.by_agent.manager"] == 8
    assert not [name for name in found if "/version" in name]
