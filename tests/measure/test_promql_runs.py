"""Whole runs of a component that a real Prometheus scrapes: its queries are quantities."""

import dataclasses
import gzip
import json

import pytest
from msgspec.structs import replace

from loadstone import formats
from loadstone.component.start import start
from loadstone.model import MetricSource
from loadstone.report.common.sentences import in_full
from tests.component.several import component, revision
from tests.measure.fakes import world
from tests.measure.test_run import LOAD, PATIENT, one
from tests.prometheus import PROGRAM, arguments, configuration, needs_prometheus

# Where others keep the machine busy the generator is late, and a late one's values do not count.
pytestmark = [pytest.mark.slow, pytest.mark.alone]

HELD = formats.Revisions(package=formats.PackageSource(name="x", executable="x"))
QUERIES = {
    "requests": "sum(increase(fake_requests_total{${target}}[${window}]))",
    "heap": "sum(fake_heap{${target}})",
    "loads": "fake_loads_total{${target}} @ ${end}",
    "of_nobody": "sum(fake_requests_total{instance='127.0.0.1:1'})",
}


def scraped(**changes) -> formats.Component:
    """The fake proxy, and beside it a Prometheus that scrapes it five times a second."""
    described = world.proxy()
    (proxy,) = described.started().values()
    server = formats.Process(
        ports=["prometheus"],
        files={"prometheus.json": configuration({"proxy": ["${admin}"]})},
        command=[
            "${executable}",
            *arguments("${dir}/prometheus.json", "${dir}/prometheus", "${prometheus}"),
        ],
        ready=formats.Ready(url="http://${prometheus}/-/ready"),
        revisions=HELD,
        revision="1",
    )
    both = component(proxy=proxy, server=server)
    asking = {"prometheus": "http://${prometheus}", "promql": QUERIES, "push": described.push}
    return replace(both, **{**asking, **changes})


def measured(tmp_path, described, **times):
    def begin(given, cluster, **more):
        return start(described, revision(given.side, server=PROGRAM), cluster, **more)

    # It looks for targets five seconds after it has started.
    case = world.case([LOAD], **({"warmup": 7.0, "window": 3.0} | times), **PATIENT)
    sources = {"asked": MetricSource(quantity="promql.requests")}
    asked = dataclasses.replace(case, sources=sources)
    return one(tmp_path, asked, described, start=begin)


@needs_prometheus
def test_a_query_is_answered_for_the_window_of_the_run(tmp_path):
    found = measured(tmp_path, scraped())
    requests = found.quantities["load.requests"]
    assert found.values == {"asked": found.quantities["promql.requests"]}
    assert found.quantities["promql.requests"] == pytest.approx(requests, rel=0.15)
    assert found.quantities["promql.heap"] == 5
    assert found.quantities["promql.loads"] == found.quantities["scrape.loads.end"]
    assert "promql.of_nobody" not in found.quantities
    said = [in_full(note) for note in found.notes]
    assert "proxy: of_nobody has no value: no series answers its query" in said
    (kept,) = (tmp_path / "out" / "prometheus").rglob("*.json.gz")
    assert kept.name == "base-0.json.gz"
    document = json.loads(gzip.decompress(kept.read_bytes()))
    assert document["queries"]["requests"]["value"] == found.quantities["promql.requests"]
    assert document["window"]["since"] < document["window"]["opened"]
    times = [
        moment
        for selector, series in document["series"].items()
        if selector.startswith('fake_requests_total{instance="')
        for each in series
        for moment, _ in each["values"]
    ]
    assert min(times) < document["window"]["opened"]  # of the whole run
    assert max(times) <= document["window"]["closed"]


@needs_prometheus
def test_a_window_that_is_shorter_than_a_scrape_has_no_value(tmp_path):
    found = measured(tmp_path, scraped(), window=0.15)
    assert not [name for name in found.quantities if name.startswith("promql.")]
    assert found.values == {}
    assert {note.code for note in found.notes} >= {"query-sparse"}


def test_a_server_that_is_not_there_costs_the_values_and_not_the_run(tmp_path):
    described = replace(world.proxy(), prometheus="http://127.0.0.1:9", promql=QUERIES)
    found = one(tmp_path, world.case([LOAD], warmup=0.2, window=0.8, **PATIENT), described)
    assert found.values["cpu"] > 0
    assert not [name for name in found.quantities if name.startswith("promql.")]
    failed = [note.data["alias"] for note in found.notes if note.code == "query-failed"]
    assert failed == list(QUERIES)
    assert not (tmp_path / "out" / "prometheus").exists()
