"""The series that a query asks for are found, whatever is done with them."""

import pytest

from loadstone.formats.promql_text import duration, selectors
from tests.prometheus import asked, needs_prometheus, prometheus

QUERIES = {
    "up": ["up"],
    "vector(1)": [],
    "time() - 1e-3 * Inf": [],
    'rate(a_total{x="1", y=~"}|{"}[5m] offset 1h)': ['a_total{x="1",y=~"}|{"}'],
    "sum by (le, job) (rate(h_bucket[1m]))": ["h_bucket"],
    "sum(rate(x[5m])) by (job) / on (job) group_left (node) y": ["x", "y"],
    "max_over_time(deriv(rate(d[1m])[5m:1m])[10m:])": ["d"],
    "{__name__=~\"go_.*\", l='v'}": ["{__name__=~\"go_.*\",l='v'}"],
    "x @ end() > bool 1 # and {never}": ["x"],
    'label_replace(up, "a", "$1", "b", "(.*)")': ["up"],
    'count_values without (x) ("v", foo)': ["foo"],
    "(a or b) unless c and d": ["a", "b", "c", "d"],
    "topk(3, a) + a": ["a"],
    "quantile_over_time(0.9, ns:a:sum{`b`=`c`}[30s])": ["ns:a:sum{`b`=`c`}"],
    "-m offset -5m": ["m"],
}
# A label in back quotes is none of PromQL's.
SPOKEN = [query for query in QUERIES if "`b`" not in query]


@pytest.mark.parametrize("query", QUERIES)
def test_the_series_of_a_query_are_found_without_what_is_done_with_them(query):
    assert selectors(query) == QUERIES[query]


@pytest.mark.parametrize("seconds", [0.0, 0.0004, 1.0, 12.3456, 86400.0])
def test_a_duration_is_never_nothing(seconds):
    written = duration(seconds)
    assert written.endswith("ms")
    assert int(written[:-2]) == max(round(seconds * 1000), 1)


@needs_prometheus
def test_a_real_prometheus_takes_these_queries_and_every_series_that_is_found_in_them(tmp_path):
    with prometheus(tmp_path, {}) as url:
        for query in SPOKEN:
            assert asked(url, "query", query=query)["status"] == "success", query
            for each in QUERIES[query]:
                over = f"{each}[{duration(12.3456)}]"
                assert asked(url, "query", query=over)["status"] == "success", over
