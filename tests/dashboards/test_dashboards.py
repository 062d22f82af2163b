"""The dashboards are what their presets say, what Grafana takes, and what a Prometheus answers."""

from __future__ import annotations

import copy
import json
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import urllib3

from loadstone.cluster.provider import provider
from loadstone.component.revisions.resolve import resolve
from loadstone.component.start import start
from loadstone.flows.files import component_source
from loadstone.flows.settings import cache_directory
from loadstone.formats.configuration import Config
from loadstone.model import Side
from loadstone.plan.components import parse_component
from tests.dashboards.family_dashboards import FAMILIES, FOLDER, dashboard, text
from tests.dashboards.saved_dashboards import expressions, filled, saved
from tests.prometheus import asked, needs_prometheus, prometheus

LABELS = re.compile(r"label_values\((?P<series>.+), (?P<label>\w+)\)")


def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        Path(__file__).with_name("dashboard.schema.json").read_text()
    )
    return found


def test_there_is_one_for_each_family_and_none_beside():
    assert {path.stem for path in FOLDER.glob("*.json")} == FAMILIES.keys()
    assert all((FOLDER.parent / "scenarios" / family).is_dir() for family in FAMILIES)


@pytest.mark.parametrize("family", FAMILIES)
def test_it_is_what_its_presets_say(family):
    assert (FOLDER / f"{family}.json").read_text() == text(family), "python -m tests.dashboards"


@pytest.mark.parametrize("family", FAMILIES)
def test_it_fits_the_schema_that_grafana_publishes(family):
    validator = jsonschema.Draft202012Validator(schema())
    assert [error.message for error in validator.iter_errors(saved(family))] == []


def test_the_schema_refuses_what_grafana_does_not_know():
    validator = jsonschema.Draft202012Validator(schema())
    for spoil in (
        lambda board: board.pop("schemaVersion"),
        lambda board: board.update(rows=[]),
        lambda board: board["panels"][0].pop("panels"),
        lambda board: board["panels"][1].update(type="graph"),
        lambda board: board["panels"][1]["gridPos"].update(w=25),
        lambda board: board["panels"][1]["targets"][0].pop("expr"),
        lambda board: board["panels"][1]["targets"][0].update(query="up"),
        lambda board: board["templating"]["list"][0].update(type="list"),
    ):
        board = copy.deepcopy(dashboard("ingress"))
        spoil(board)
        assert not validator.is_valid(board)


@pytest.mark.parametrize("family", FAMILIES)
def test_panels_have_numbers_and_places_of_their_own(family):
    panels = saved(family)["panels"]
    numbers = [panel["id"] for panel in panels]
    assert len(set(numbers)) == len(numbers)
    taken = [
        (place["x"] + x, place["y"] + y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["w"])
        for y in range(place["h"])
    ]
    assert len(set(taken)) == len(taken)
    assert max(x for x, _ in taken) < 24


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with prometheus(tmp_path_factory.mktemp("prometheus"), {}) as url:
        yield url


@needs_prometheus
@pytest.mark.parametrize("family", FAMILIES)
def test_a_real_prometheus_takes_every_query(empty, family):
    for query in expressions(family):
        answer = asked(empty, "query", query=query)
        assert answer["status"] == "success", (query, answer)
        assert "warnings" not in answer, query


@pytest.fixture(scope="module")
def scraped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Prometheus that scrapes a real Traefik with some requests, and the embedded API server."""
    folder = tmp_path_factory.mktemp("scraped")
    source = component_source("traefik", Config())
    component = parse_component(source.text, source.name)
    revision = resolve(component, "3.7.15", Side.HEAD, cache=cache_directory(Config()))
    with ExitStack() as stack:
        cluster = stack.enter_context(provider("memory").provision(workdir=folder / "cluster"))
        running = stack.enter_context(start(component, revision, cluster, workdir=folder / "run"))
        pages = [running.fill("${admin}"), cluster.api.removeprefix("http://")]
        url = stack.enter_context(prometheus(folder / "prometheus", {"real": pages}))
        begun = time.monotonic()
        while time.monotonic() - begun < 4.0:
            urllib3.request("GET", f"http://{running.fill('${http}')}/", timeout=5.0)
            time.sleep(0.02)
        yield url


def series(query: str) -> set[str]:
    """What a query asks for, of what these two programs show."""
    return set(re.findall(r"\b(?:traefik|go|process)_\w+", query))


# What nothing has happened for: there is no route yet.
UNSEEN = {
    "traefik_service_request_duration_seconds_sum",
    "traefik_service_request_duration_seconds_count",
}


@needs_prometheus
@pytest.mark.e2e
def test_every_panel_of_traefik_and_of_its_runtime_shows_a_real_traefik(scraped):
    silent = {
        name
        for query in expressions("ingress")
        if 'code="502"' not in query  # nothing was answered so
        and not asked(scraped, "query", query=query)["data"]["result"]
        for name in series(query)
    }
    assert silent == UNSEEN


@needs_prometheus
@pytest.mark.e2e
def test_the_variables_offer_what_is_scraped(scraped):
    (_, _, chosen) = saved("ingress")["templating"]["list"]
    match = LABELS.fullmatch(filled(chosen["query"]))
    assert match is not None
    answer = asked(scraped, f"label/{match['label']}/values", **{"match[]": match["series"]})
    assert len(answer["data"]) == 2
