"""Histograms and summaries: what was added in the window, and nothing from before it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from prometheus_client import CollectorRegistry, Histogram, Summary, generate_latest
from prometheus_client.samples import BucketSpan, NativeHistogram

from loadstone.measure.probes.distributions import observed
from loadstone.measure.probes.metrics_page import PageDistribution
from loadstone.measure.probes.selector import Selector
from loadstone.measure.probes.text_page import read

BOUNDS = (0.1, 0.2, 0.5, 1.0)


def history(pages, series="took"):
    """The distribution of each page, a second apart."""
    selectors = {"a": Selector.parse(series)}
    found = [read(page, selectors).distributions.get("a") for page in pages]
    return [(float(at), each or PageDistribution()) for at, each in enumerate(found)]


def window(pages, series="took"):
    found = observed(history(pages, series))
    assert found is not None
    return found


class Program:
    """A program with a histogram and a summary, which can be started afresh."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self.registry = CollectorRegistry()
        labels = ["queue"]
        self.took = Histogram("took", "…", labels, registry=self.registry, buckets=BOUNDS)
        self.waited = Summary("waited", "…", labels, registry=self.registry)

    def observe(self, *values, queue="a"):
        for value in values:
            self.took.labels(queue).observe(value)
            self.waited.labels(queue).observe(value)

    def page(self) -> str:
        return generate_latest(self.registry).decode()


def test_what_was_observed_before_the_window_is_not_in_it():
    program = Program()
    program.observe(*[5.0] * 1000)
    before = program.page()
    program.observe(*[0.15] * 10)
    found = window([before, program.page()])
    assert (found.count, found.sum) == (10, pytest.approx(1.5))
    p50 = found.quantiles()["p50"]
    assert p50 is not None
    assert (p50.value, p50.resolution) == (pytest.approx(0.15), pytest.approx(0.1))


def test_label_sets_are_added_up_and_those_that_appear_later_are_whole():
    program = Program()
    program.observe(0.05)
    before = program.page()
    program.observe(0.05)
    program.observe(*[0.7] * 3, queue="b")
    found = window([before, program.page()])
    assert found.count == 4
    only_b = window([before, program.page()], 'took{queue="b"}')
    assert only_b.count == 3
    assert [bucket.count for bucket in only_b.buckets] == [0, 0, 0, 3, 0]


def test_a_program_that_begins_anew_counts_on():
    program = Program()
    program.observe(*[0.7] * 10)
    pages = [program.page()]
    program.observe(*[0.7] * 2)
    pages.append(program.page())
    program.restart()
    program.observe(*[0.05] * 5)
    pages.append(program.page())
    found = window(pages)
    assert (found.count, found.sum) == (7, pytest.approx(1.4 + 0.25))
    assert found.resets == 1
    assert [bucket.count for bucket in found.buckets] == [5, 0, 0, 2, 0]


def test_a_summary_has_a_mean_and_no_quantiles_of_the_window():
    program = Program()
    program.observe(9.0)
    before = program.page()
    program.observe(1.0, 2.0)
    found = window([before, program.page()], "waited")
    assert (found.count, found.sum) == (2, pytest.approx(3.0))
    assert found.quantiles() == {}


def test_nothing_observed_is_a_count_of_nothing_and_no_quantile():
    program = Program()
    program.observe(0.3)
    found = window([program.page(), program.page()])
    assert (found.count, found.quantiles()) == (0, {})


def test_a_quantile_above_the_last_bound_is_not_known():
    program = Program()
    program.observe(0.05)
    before = program.page()
    program.observe(*[7.0] * 10)
    assert window([before, program.page()]).quantiles() == {"p50": None, "p90": None, "p99": None}


@pytest.mark.parametrize(
    "page",
    [
        "# TYPE took counter\ntook_total 3\ntook_count 3\n",
        "# TYPE took gauge\ntook 3\ntook_count 1\ntook_sum 1\n",
        "took 3\ntook_count 1\ntook_sum 1\n",
        "took_bucket 3\n",
    ],
)
def test_what_is_no_histogram_is_not_taken_for_one(page):
    assert observed(history([page])) is None


def test_a_histogram_without_a_type_is_one_by_its_samples():
    page = 'took_bucket{le="1.0"} 3\ntook_bucket{le="+Inf"} 3\ntook_sum 2\ntook_count 3\n'
    assert window(["", page]).count == 3


# --- native histograms ----------------------------------------------------------------------------


def native(values, schema=3, zero=1e-6):
    """A native histogram of values, as a client library keeps it."""
    base = 2 ** (2.0**-schema)
    sides: dict[bool, dict[int, int]] = {True: {}, False: {}}
    near_zero = 0
    for value in values:
        if abs(value) <= zero:
            near_zero += 1
            continue
        index = math.ceil(math.log(abs(value)) / math.log(base) - 1e-12)
        side = sides[value > 0]
        side[index] = side.get(index, 0) + 1
    (pos_spans, pos_deltas), (neg_spans, neg_deltas) = _spans(sides[True]), _spans(sides[False])
    return NativeHistogram(
        count_value=len(values),
        sum_value=float(sum(values)),
        schema=schema,
        zero_threshold=zero,
        zero_count=near_zero,
        pos_spans=pos_spans,
        neg_spans=neg_spans,
        pos_deltas=pos_deltas,
        neg_deltas=neg_deltas,
    )


def _spans(counts):
    spans, deltas, last, previous = [], [], None, 0
    for index in sorted(counts):
        if last is not None and index == last + 1:
            spans[-1] = BucketSpan(spans[-1].offset, spans[-1].length + 1)
        else:
            spans.append(BucketSpan(index if last is None else index - last - 1, 1))
        deltas.append(counts[index] - previous)
        previous, last = counts[index], index
    return spans, deltas


def page_of(values, **how):
    labels = frozenset({("queue", "a")})
    made = native(values, **how)
    return PageDistribution(
        counts={labels: made.count_value}, sums={labels: made.sum_value}, native={labels: made}
    )


def test_quantiles_of_a_native_histogram_are_as_near_as_its_buckets():
    rng = np.random.default_rng(1)
    before, added = rng.lognormal(2, 1, 500).tolist(), rng.lognormal(-3, 1, 2000).tolist()
    found = observed([(0.0, page_of(before)), (1.0, page_of([*before, *added]))])
    assert found is not None
    assert found.count == 2000
    for name, share in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99)):
        true = float(np.quantile(added, share, method="inverted_cdf"))
        each = found.quantiles()[name]
        assert each is not None
        assert abs(each.value - true) <= each.resolution * (1 + 1e-9)
        assert each.resolution < 0.1 * true  # base 2 ** (1 / 8)


def test_a_native_histogram_that_becomes_coarser_while_we_look_is_read_on():
    rng = np.random.default_rng(2)
    before, added = rng.lognormal(0, 1, 300).tolist(), rng.lognormal(0, 1, 300).tolist()
    pages = [
        (0.0, page_of(before, schema=5, zero=1e-9)),
        (1.0, page_of([*before, *added], schema=2, zero=1e-3)),
    ]
    found = observed(pages)
    assert found is not None
    assert found.resets == 0
    assert sum(bucket.count for bucket in found.buckets) == 300
    assert min(bucket.count for bucket in found.buckets) >= 0


def test_a_native_histogram_that_begins_anew_counts_on():
    pages = [(0.0, page_of([1.0] * 9)), (1.0, page_of([1.0] * 11)), (2.0, page_of([3.0] * 4))]
    found = observed(pages)
    assert found is not None
    assert (found.count, found.resets) == (6, 1)
    assert sum(bucket.count for bucket in found.buckets) == 6


def test_negative_values_and_zero_have_their_places():
    found = observed([(0.0, page_of([])), (1.0, page_of([-4.0] * 3 + [0.0] * 3 + [4.0] * 3))])
    assert found is not None
    p50 = found.quantiles()["p50"]
    assert p50 is not None
    assert abs(p50.value) <= 1e-6
    lowest = found.buckets[0]
    assert lowest.lower <= -4.0 <= lowest.upper + 1e-9


def test_spans_that_promise_more_buckets_than_there_are_cost_nothing():
    made = native([1.0])._replace(pos_spans=[BucketSpan(0, 2**32 - 1)] * 100, pos_deltas=[1, 1])
    labels = frozenset({("queue", "a")})
    page = PageDistribution(counts={labels: 2.0}, sums={labels: 2.0}, native={labels: made})
    found = observed([(0.0, PageDistribution()), (1.0, page)])
    assert found is not None
    assert sum(bucket.count for bucket in found.buckets) == 3
