"""The catalogue of quantities: names agree with what is measured and with the documentation."""

import re
from pathlib import Path

import pytest

from loadstone.measure.load.generator import LoadResult
from loadstone.measure.load.quantities import quantities as of_load
from loadstone.measure.probes.api_requests import ApiData
from loadstone.measure.quantities import of_api
from loadstone.measure.steps.change import summarise
from loadstone.measure.steps.transitions import ChangeEffect
from loadstone.plan.catalogue import (
    CATALOGUE,
    PARTS,
    alias,
    known,
    labels,
    names,
    of_all,
    process,
    quantile,
    resolution,
)

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


def test_allocations_are_those_of_a_component_that_names_their_counters():
    assert alias("allocations.objects") == "allocations"
    assert alias("allocations.bytes") == "allocated_bytes"
    assert known("allocations.bytes") == CATALOGUE["allocations.bytes"]


def test_requests_are_counted_by_verb_and_resource():
    assert known("api.requests.list") is not None
    assert known("api.requests.get.configmaps") is not None
    assert known("api.requests.update.pods/status") is not None
    assert known("api.requests.fetch") is None
    assert known("api.requests.fetch.pods") is None
    assert known("api.requests.get.") is None


def test_label_values_stand_between_an_alias_and_its_part():
    assert alias("scrape.retries.my-queue.delta") == "retries"
    assert labels("scrape.retries.my-queue.delta") == 1
    assert labels("scrape.retries.delta") == 0
    assert known("scrape.retries.my-queue.p99") is not None
    assert resolution("scrape.took.p99") == "scrape.took.p99.resolution"
    assert resolution("scrape.took.mean") == resolution("latency.p99") == ""


@pytest.mark.parametrize(
    ("name", "about"),
    [
        ("get.configmaps", "get requests for configmaps of the component"),
        ("patch.pods/status", "patch requests for pods/status of the component"),
        ("by_agent.kube-scheduler", "requests by kube-scheduler of the component"),
    ],
)
def test_requests_are_counted_by_resource_and_by_agent(name, about):
    found = known(f"api.requests.{name}")
    assert found is not None
    assert (found.unit, found.about) == ("1", about)
    assert known(f"api.requests.fetch.{name}") is None


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
    assert all(known(name.replace("<alias>", "a").replace("<process>", "b")) for name in names())


@pytest.mark.parametrize(
    ("name", "of", "whole"),
    [
        ("process.kube-proxy.cpu_seconds", "kube-proxy", "process.cpu_seconds"),
        ("process.kube-proxy.scrape.syncs.delta", "kube-proxy", "scrape.syncs.delta"),
        ("process.contour.allocations.objects", "contour", "allocations.objects"),
        ("process.contour.profile.cpu_seconds", "contour", "profile.cpu_seconds"),
        ("scrape.syncs.delta", "", "scrape.syncs.delta"),
        ("process.cpu_seconds", "", "process.cpu_seconds"),
        ("process.kube-proxy.cpu", "", "process.kube-proxy.cpu"),
    ],
)
def test_a_quantity_of_one_process_is_known_where_that_of_all_is(name, of, whole):
    assert (process(name), of_all(name)) == (of, whole)
    if of:
        assert known(name) == known(whole)
        assert alias(name) == alias(whole)
