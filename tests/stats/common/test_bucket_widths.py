"""A quantile of a component's own histogram is known as finely as its buckets are."""

from dataclasses import replace

from loadstone.model import MetricSource, Run, Side
from loadstone.stats.common.bucket_widths import with_bucket_widths
from tests.stats.helpers import metric, plan


def run(round_, width):
    return Run(
        case=CASE,
        side=Side.BASE,
        round=round_,
        order=round_,
        started="",
        seconds=1.0,
        quantities={"scrape.took.p99": 1.0, "scrape.took.p99.resolution": width},
    )


def planned(**source):
    found = plan(metric("took"))
    return replace(found, sources={"took": MetricSource(**source)})


CASE = plan(metric("took")).case.name


def test_the_width_of_the_bucket_is_the_resolution_in_the_metrics_unit():
    runs = [run(1, 200.0), run(2, 400.0), run(3, 400.0)]
    (found,) = with_bucket_widths([planned(quantity="scrape.took.p99", times=0.001)], runs)
    assert found.metrics[0].resolution == 0.4


def test_what_has_no_buckets_stays_as_the_scenario_says():
    plans = [planned(quantity="scrape.took.mean"), planned(quantity="scrape.took.p99", per="x")]
    found = with_bucket_widths(plans, [run(1, 5.0)])
    assert [each.metrics[0].resolution for each in found] == [0, 0]
