"""What the pages of a window come to: groups by label, and bounds on what a page may hold."""

from __future__ import annotations

import gzip
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from loadstone.formats import ScrapedSeries
from loadstone.formats.exposition import SampleReader
from loadstone.measure.probes.metrics_page import MOST_SERIES
from loadstone.measure.probes.probe import Subject
from loadstone.measure.probes.scrape import ScrapeProbe
from loadstone.measure.probes.scrape_data import GROUPS, of_pages
from loadstone.measure.probes.selector import Selector
from loadstone.measure.probes.text_page import read
from loadstone.measure.quantities import of_scrape
from loadstone.report.common.sentences import in_full
from tests.measure.fakes.website import website


def scraped(pages, *, most=MOST_SERIES, **scrape):
    selectors = {alias: Selector.of(entry) for alias, entry in scrape.items()}
    read_pages = [(float(at), read(text, selectors, most=most)) for at, text in enumerate(pages)]
    return of_scrape(of_pages(read_pages, selectors))


BY_NAME = ScrapedSeries(series="retries_total", sum_by=["name"])


def test_a_sum_by_label_has_a_quantity_for_each_of_its_values():
    others = 'retries_total{name="b/c",pod="1"} 3\nretries_total{pod="1"} 7\n'
    pages = [
        'retries_total{name="a",pod="1"} 1\nretries_total{name="a",pod="2"} 5\n',
        'retries_total{name="a",pod="1"} 2\nretries_total{name="a",pod="2"} 9\n' + others,
    ]
    found = scraped(pages, retries=BY_NAME).quantities
    deltas = {name: value for name, value in found.items() if name.endswith("delta")}
    assert deltas == {
        "scrape.retries.a.delta": 5,
        "scrape.retries.b_c.delta": 3,
        "scrape.retries.none.delta": 7,
    }


ERRORS = ScrapedSeries(series='answers_total{code="502"}', absent=0)
FINE = 'answers_total{code="200"} 9\n'


@pytest.mark.parametrize(
    ("pages", "grown"),
    [
        ([FINE, FINE], 0),
        ([FINE, FINE + 'answers_total{code="502",method="GET"} 3\n'], 3),
        (["", FINE + 'answers_total{code="502",method="GET"} 3\n'], 3),
        ([FINE + 'answers_total{code="502"} 3\n', FINE, FINE + 'answers_total{code="502"} 1\n'], 1),
        (["", FINE], 0),
    ],
    ids=[
        "none",
        "the first",
        "the first of all answers",
        "a process that began anew",
        "none at first",
    ],
)
def test_a_counter_of_what_never_happened_is_zero_and_not_missing(pages, grown):
    found = scraped(pages, errors=ERRORS)
    assert found.quantities["scrape.errors.delta"] == grown
    assert "series-missing" not in [note.code for note in found.notes]


def test_a_counter_whose_family_never_showed_is_missing_and_not_zero():
    found = scraped(["other_total 1\n"], errors=ERRORS)
    assert not found.quantities
    assert [note.code for note in found.notes] == ["series-missing"]


def took(*, kind, times):
    """A page with a histogram, or a summary, of `times` observations."""
    head = f"# TYPE took {kind}\n"
    buckets = f'took_bucket{{le="+Inf"}} {times}\ntook_bucket{{le="1"}} {times}\n'
    quantile = 'took{quantile="0.5"} NaN\n'
    own = buckets if kind == "histogram" else quantile
    return f"{head}{own}took_sum {times}\ntook_count {times}\n"


@pytest.mark.parametrize(
    ("shown", "names"),
    [
        (lambda n: f"took_total {n}\n", {"max"}),
        (lambda n: f"# TYPE took_total gauge\ntook_total {n}\n", {"max"}),
        (lambda n: took(kind="histogram", times=n), set()),
        (lambda n: took(kind="summary", times=n), set()),
    ],
    ids=["counter", "gauge", "histogram", "summary"],
)
@pytest.mark.parametrize("last", ["", "other_total 1\n", "took_total NaN\ntook_count NaN\n"])
def test_what_the_last_page_no_longer_shows_has_no_growth_and_no_last_value(shown, names, last):
    series = "took" if "took_count" in shown(1) else "took_total"
    begun = scraped([shown(1), shown(4), shown(6)], took=series)
    assert {"scrape.took.delta", "scrape.took.count"} & set(begun.quantities)
    found = scraped([shown(1), shown(4), last], took=series)
    assert set(found.quantities) == {f"scrape.took.{name}" for name in names}
    gone = [note for note in found.notes if note.code == "series-gone"]
    assert [note.data for note in gone] == [{"names": "took"}]


def test_a_series_that_came_and_went_between_the_ends_has_no_growth():
    found = scraped(["", "took_total 4\n", ""], took="took_total")
    assert found.quantities == {"scrape.took.max": 4}


def test_a_sum_goes_on_without_the_label_set_that_is_gone():
    pages = ['took_total{a="1"} 5\ntook_total{a="2"} 1\n', 'took_total{a="2"} 4\n']
    found = scraped(pages, took="took_total")
    assert found.quantities["scrape.took.delta"] == 3
    assert not found.notes


def test_of_groups_the_one_that_is_gone_has_no_growth_and_the_others_keep_theirs():
    pages = [
        'retries_total{name="a"} 1\nretries_total{name="b"} 1\n',
        'retries_total{name="a"} 5\nretries_total{name="b"} 5\n',
        'retries_total{name="b"} 6\n',
    ]
    found = scraped(pages, retries=BY_NAME)
    deltas = {name: value for name, value in found.quantities.items() if name.endswith("delta")}
    assert deltas == {"scrape.retries.b.delta": 5}
    (note,) = found.notes
    assert in_full(note) == (
        "the metrics page of the end of the window shows no number for retries.a, "
        "which was there before: what was counted in it has no value"
    )


def test_a_counter_that_is_declared_zero_where_it_is_absent_is_not_gone():
    found = scraped([FINE + 'answers_total{code="502"} 3\n', FINE], errors=ERRORS)
    assert found.quantities["scrape.errors.delta"] == 0
    assert [note.code for note in found.notes] == ["counter-began-anew"]


def test_groups_are_bounded_and_the_rest_is_said():
    page = "".join(f'retries_total{{name="n{number:03}"}} 1\n' for number in range(200))
    outcome = scraped(["", page], retries=BY_NAME)
    assert sum(name.endswith("delta") for name in outcome.quantities) == GROUPS
    assert [in_full(note) for note in outcome.notes] == [
        "retries has 200 groups of labels; the first 50 by name have quantities"
    ]


def test_histograms_are_told_apart_by_label_too():
    def page(times):
        lines = ["# TYPE took histogram"]
        for name in ("a", "b"):
            lines += [
                f'took_bucket{{name="{name}",le="1"}} {times}',
                f'took_bucket{{name="{name}",le="+Inf"}} {2 * times}',
                f'took_sum{{name="{name}"}} {3 * times}',
                f'took_count{{name="{name}"}} {2 * times}',
            ]
        return "\n".join(lines) + "\n"

    outcome = scraped([page(1), page(2)], took=ScrapedSeries(series="took", sum_by=["name"]))
    assert outcome.quantities == {
        **{f"scrape.took.{name}.count": 2 for name in "ab"},
        **{f"scrape.took.{name}.mean": 1.5 for name in "ab"},
        **{f"scrape.took.{name}.p50": 1.0 for name in "ab"},
        **{f"scrape.took.{name}.p50.resolution": 1.0 for name in "ab"},
    }
    assert [in_full(note) for note in outcome.notes] == [
        f"p90, p99 of took.{name} lie above the largest bound of its histogram, 1, "
        "and are not known"
        for name in "ab"
    ]


def test_a_page_of_more_series_than_are_read_gives_no_number_and_says_so():
    page = "".join(f'retries_total{{name="{number}"}} 1\n' for number in range(200))
    outcome = scraped([page, page], most=100, retries="retries_total")
    assert not outcome.quantities
    assert [note.code for note in outcome.notes] == ["series-too-many"]


def test_pages_that_are_alike_are_read_by_their_values_alone():
    lines = [f'took_bucket{{verb="v{n}",le="{le}"}} ' for n in range(300) for le in range(10)]
    selectors = {"a": Selector.parse("took_bucket")}
    reader = SampleReader()
    seconds = []
    for count in range(4):
        page = "".join(f"{line}{count}\n" for line in lines)
        begun = time.thread_time()
        assert read(page, selectors, reader).sum("a") == count * len(lines)
        seconds.append(time.thread_time() - begun)
    assert min(seconds[1:]) < seconds[0]


def test_what_a_window_keeps_of_pages_is_bounded_and_the_last_one_counts():
    served = iter(range(1000))

    def page(_host, _path):
        return 200, {}, f"events_total {next(served)}\n".encode() + b"# filler\n" * 100

    with website(page) as address:
        probe = ScrapeProbe(kept=100)
        url = f"http://{address}/metrics"
        probe.open(Subject(pid=1, metrics=url, scrape={"events": "events_total"}))
        deadline = time.monotonic() + 30
        while not probe._problems and time.monotonic() < deadline:
            time.sleep(0.05)
        data = probe.close().data
    assert data.scrapes == 2
    assert data.values["events"][-1][1] == 1
    assert "more than 100 bytes" in data.problems[0]


def test_protobuf_is_asked_for_where_a_series_is_native_and_text_is_read_all_the_same():
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.headers["Accept"])
            body = gzip.compress(b"a_total 3\n")
            self.send_response(200)
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
    try:
        for entry in ("a_total", ScrapedSeries(series="a_total", native=True)):
            probe = ScrapeProbe()
            url = f"http://127.0.0.1:{server.server_port}/metrics"
            probe.open(Subject(pid=1, metrics=url, scrape={"a": entry}))
            data = probe.close().data
            assert data.values["a"][-1][1] == 3
            assert not data.problems
    finally:
        server.shutdown()
        server.server_close()
    assert "protobuf" not in (asked[0] or "")
    assert asked[-1].startswith("application/vnd.google.protobuf")
