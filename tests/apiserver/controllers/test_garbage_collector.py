"""Garbage collection between requests: cascades, orphans, namespaces."""

from __future__ import annotations

import asyncio
from typing import Any

from loadstone.apiserver.server import Server
from tests.apiserver import fakes

MAPS = "/api/v1/namespaces/default/configmaps"


def create(server: Server, name: str, *owners: dict[str, Any], **more: Any) -> dict[str, Any]:
    references = [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "name": owner["metadata"]["name"],
            "uid": owner["metadata"]["uid"],
            "blockOwnerDeletion": True,
        }
        for owner in owners
    ]
    metadata = {"name": name, "ownerReferences": references, **more}
    made: dict[str, Any] = fakes.ask(server, "POST", MAPS, {"metadata": metadata})
    assert made["metadata"]["name"] == name, made
    return made


def left(server: Server) -> set[str]:
    return {item["metadata"]["name"] for item in fakes.ask(server, "GET", MAPS)["items"]}


async def settle(server: Server, expected: set[str]) -> None:
    for _ in range(2_000):
        if left(server) == expected:
            return
        await asyncio.sleep(0)
    assert left(server) == expected


def test_a_wide_and_deep_family_goes_with_its_head() -> None:
    async def scene() -> None:
        server = fakes.server()
        head = create(server, "head")
        for number in range(200):
            child = create(server, f"child-{number}", head)
            if number % 50 == 0:
                create(server, f"grandchild-{number}", child)
        create(server, "stranger")
        fakes.ask(server, "DELETE", f"{MAPS}/head", {"propagationPolicy": "Background"})
        await settle(server, {"stranger"})

    asyncio.run(scene())


def test_one_owner_left_is_enough() -> None:
    async def scene() -> list[str]:
        server = fakes.server()
        one, other = create(server, "one"), create(server, "other")
        create(server, "child", one, other)
        fakes.ask(server, "DELETE", f"{MAPS}/one")
        for _ in range(5):
            await asyncio.sleep(0)
        child = fakes.ask(server, "GET", f"{MAPS}/child")
        return [owner["name"] for owner in child["metadata"]["ownerReferences"]]

    assert asyncio.run(scene()) == ["other"]


def test_in_the_foreground_the_owner_goes_last() -> None:
    async def scene() -> None:
        server = fakes.server()
        head = create(server, "head")
        create(server, "child", head, finalizers=["example.com/held"])
        fakes.ask(server, "DELETE", f"{MAPS}/head", {"propagationPolicy": "Foreground"})
        await settle(server, {"head", "child"})
        let_go = [{"op": "remove", "path": "/metadata/finalizers/0"}]
        patched = fakes.ask(
            server, "PATCH", f"{MAPS}/child", let_go, Content_Type="application/json-patch+json"
        )
        assert patched["metadata"]["name"] == "child", patched
        await settle(server, set())

    asyncio.run(scene())


def test_a_namespace_takes_everything_with_it() -> None:
    async def scene() -> int:
        server = fakes.server()
        fakes.ask(server, "POST", "/api/v1/namespaces", {"metadata": {"name": "gone"}})
        for number in range(120):
            fakes.ask(
                server,
                "POST",
                "/api/v1/namespaces/gone/configmaps",
                {"metadata": {"name": f"a{number}"}},
            )
        found = fakes.ask(server, "DELETE", "/api/v1/namespaces/gone")
        assert found["status"]["phase"] == "Terminating"
        for _ in range(2_000):
            if found.get("code") != 404:
                await asyncio.sleep(0)
                found = fakes.ask(server, "GET", "/api/v1/namespaces/gone")
        return int(found.get("code", 0))

    assert asyncio.run(scene()) == 404
