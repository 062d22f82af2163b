"""Accounts: bounded whatever clients call themselves, and readable by Prometheus."""

from __future__ import annotations

import asyncio

from prometheus_client.parser import text_string_to_metric_families

from loadstone.apiserver import accounting, prometheus
from tests.apiserver import fakes

MAPS = "/api/v1/namespaces/default/configmaps"


def test_new_names_cannot_fill_the_memory() -> None:
    counted = accounting.RequestCounts()
    names = {counted.agent(f"client-{number}") for number in range(10_000)}
    assert len(names) == accounting.AGENTS + 1
    assert counted.agent("client-0") == "client-0"


def test_metrics_say_what_was_asked_by_whom() -> None:
    async def scene() -> str:
        server = fakes.server()
        fakes.ask(server, "POST", MAPS, {"metadata": {"name": "a"}}, User_Agent='odd"name\\')
        fakes.ask(server, "GET", f"{MAPS}/b", User_Agent="other")
        return prometheus.exposition_of(server.accounting, server.state).body.decode()

    families = {f.name: f for f in text_string_to_metric_families(asyncio.run(scene()))}
    requests = {
        (s.labels["verb"], s.labels["resource"], s.labels["user_agent"], s.labels["code"]): s.value
        for s in families["apiserver_request"].samples
    }
    assert requests == {
        ("POST", "configmaps", 'odd"name\\', "201"): 1.0,
        ("GET", "configmaps", "other", "404"): 1.0,
    }
    counts = [
        sample.value
        for sample in families["apiserver_request_duration_seconds"].samples
        if sample.name.endswith("_count")
    ]
    assert counts == [1.0, 1.0]


def test_looking_at_the_accounts_changes_nothing() -> None:
    async def scene() -> tuple[object, object]:
        server = fakes.server()
        first = fakes.ask(server, "GET", "/loadstone/accounting")
        fakes.ask(server, "GET", "/livez")
        return first, fakes.ask(server, "GET", "/loadstone/accounting")

    first, second = asyncio.run(scene())
    assert first == second
