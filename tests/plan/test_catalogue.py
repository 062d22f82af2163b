"""The catalogue of quantities: names agree with what is measured and with the documentation."""

import re
from pathlib import Path

import pytest

from loadstone.measure.load.generator import LoadResult
from loadstone.measure.load.quantities import quantities as of_load
from loadstone.measure.probes.api_requests import ApiData
from loadstone.measure.quantities import of_api
from loadstone.measure.steps.change import ChangeEffect, summarise
from loadstone.plan.catalogue import CATALOGUE, PARTS, alias, known, names, quantile

LOADED = LoadResult(
    generator="test", asked_rate=1.0, achieved_rate=1.0, seconds=1.0, requests=1, answers=1
)
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("name", "share"),
    [("latency.p50", 0.5), ("latency.p999", 0.999), ("propagation.p99", 0.99),
     ("load.late_p99", None), ("latency.mean", None), ("latency.max", None)],
)  # fmt: skip
def test_a_percentile_knows_its_share(name, share):
    assert quantile(name) == share


def test_scraped_quantities_name_their_alias():
    assert alias("scrape.heap_inuse.max") == "heap_inuse"
    assert known("scrape.heap_inuse.max") is not None
    assert alias("scrape.heap_inuse.median") is None
    assert known("scrape.heap_inuse.median") is None
    assert alias("latency.p50") is None


def test_requests_are_counted_by_verb():
    assert known("api.requests.list") is not None
    assert known("api.requests.fetch") is None


def test_what_a_load_a_change_and_the_api_give_is_in_the_catalogue():
    given = {
        **summarise([ChangeEffect(seconds=0.1, old_answered=False)]).quantities,
        **of_load(LOADED),
        **of_api(ApiData(requests={"list pods x": 1}, events={}, sent={})).quantities,
    }
    assert [name for name in given if known(name) is None] == []


def test_every_quantity_is_in_the_reference():
    page = (ROOT / "docs/reference/scenarios.md").read_text()
    rows = dict(re.findall(r"^\| `([a-z0-9_.<>]+)` \| (\S+) \|", page, flags=re.M))
    assert {name: what.unit for name, what in CATALOGUE.items()}.items() <= rows.items()
    assert all(f"scrape.<alias>.{part}" in rows for part in PARTS)


def test_names_to_suggest_are_names_that_are_known():
    assert all(known(name.replace("<alias>", "heap")) for name in names())
