"""A Prometheus is shown the credentials of the API server that it is behind, and no other is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from loadstone.formats.fill import fill_text
from loadstone.measure.component_queries import component_queries
from loadstone.measure.probes.probe import PrometheusQueries
from loadstone.model import ApiAccess, PrometheusAccess
from tests.measure.fakes import world

API = "https://127.0.0.1:6443"
ACCESS = ApiAccess(url=API, token_file="token")
NOBODYS = ApiAccess(url="")
NOBODYS = ApiAccess(url="")
NAMES = {"api": API, "admin": "127.0.0.1:77", "namespace": "ours"}
BEHIND = "/api/v1/namespaces/monitoring/services/prometheus:9090/proxy"


def filled(text: str) -> str:
    return fill_text(text, NAMES)


def queries(
    url: str,
    *,
    pods: bool = False,
    own: ApiAccess = NOBODYS,
    given: PrometheusAccess | None = None,
) -> PrometheusQueries | None:
    running: Any = SimpleNamespace(names=NAMES, access=own, fill=filled)
    component = replace(world.proxy(), prometheus=url, promql={"up": "up{${target}}"})
    page = f"http://{NAMES['admin']}/metrics"
    return component_queries(
        component, running, ACCESS, page=page, pods=pods, started=0.0, given=given
    )


def test_one_behind_the_api_server_is_shown_what_that_wants():
    found = queries("${api}" + BEHIND)
    assert found is not None
    assert (found.url, found.access) == (API + BEHIND, ACCESS)
    own = ApiAccess(url=API, cert_file="cert")  # of a component that is the API server itself
    found = queries("${api}" + BEHIND, own=own)
    assert found is not None
    assert found.access == own


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9090",
        "https://127.0.0.1:64433/",
        "https://127.0.0.1:6443.example.com/",
        "https://127.0.0.1:6443@example.com/",
        "http://127.0.0.1:6443/",
    ],
)
def test_any_other_is_shown_nothing(url):
    found = queries(url)
    assert found is not None
    assert found.access is None


def test_the_target_is_where_it_is_scraped_and_of_pods_their_namespace():
    here, there = queries("http://127.0.0.1:9090"), queries("http://127.0.0.1:9090", pods=True)
    assert here is not None
    assert there is not None
    assert here.names["target"] == 'instance="127.0.0.1:77"'
    assert there.names["target"] == 'namespace="ours"'


def test_without_an_address_nobody_is_asked():
    assert queries("") is None


@pytest.mark.parametrize(
    ("url", "shown"),
    [("https://a.example", True), ("https://a.example/other", False), ("${api}" + BEHIND, False)],
)
def test_what_a_user_says_is_shown_is_shown_to_the_one_that_he_names(url, shown):
    given = PrometheusAccess(url="https://a.example", secret="env:TOKEN")
    found = queries(url, given=given)
    assert found is not None
    assert (found.access == given) is shown
