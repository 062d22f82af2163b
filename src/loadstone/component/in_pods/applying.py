"""Applying of objects to a cluster, each in its place there, and their removal."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from loadstone.errors import ComponentFailed
from loadstone.formats.manifests import Manifest
from loadstone.protocols import OwnNamespace

_SERVED_WITHIN = 30.0  # s until a kind is served whose definition was just applied
_TAKEN_WITHIN = 30.0  # s for a webhook that was applied before to answer
_NOT_YET = (500, 503)
_OPTIONS = {"propagationPolicy": "Background"}


def applied(cluster: OwnNamespace, objects: Sequence[Manifest]) -> list[str]:
    """Make objects in their order; the path of each. Raises `ComponentFailed` for a refusal."""
    kinds: dict[tuple[str, str], tuple[str, bool]] = {}
    return [_applied(cluster, item, kinds) for item in objects]


def removed(cluster: OwnNamespace, paths: Sequence[str]) -> None:
    """Have objects go, the last one first; that they are gone is not waited for."""
    for path in reversed(paths):
        cluster.client.ask("DELETE", path, _OPTIONS)


def _applied(
    cluster: OwnNamespace, item: Manifest, kinds: dict[tuple[str, str], tuple[str, bool]]
) -> str:
    root, (plural, namespaced) = _root(item["apiVersion"]), _kind(cluster, item, kinds)
    placed = cluster.place(item, namespaced=namespaced, collection=f"{root}/{plural}")
    scope = f"/namespaces/{placed['metadata']['namespace']}" if namespaced else ""
    collection, deadline = f"{root}{scope}/{plural}", time.monotonic() + _TAKEN_WITHIN
    while True:
        answer = cluster.client.ask("POST", collection, placed)
        if answer.good:
            return f"{collection}/{item['metadata']['name']}"
        if answer.status not in _NOT_YET or time.monotonic() > deadline:
            raise ComponentFailed(
                f"{item['kind']} {item['metadata']['name']} is refused: {answer.message}",
                next_step="`kubectl apply` of the same says the same",
            )
        time.sleep(0.5)


def _kind(
    cluster: OwnNamespace,
    item: Mapping[str, Any],
    kinds: dict[tuple[str, str], tuple[str, bool]],
) -> tuple[str, bool]:
    """The plural of an object's kind, and whether it has a namespace."""
    version, kind = str(item["apiVersion"]), str(item["kind"])
    deadline = time.monotonic() + _SERVED_WITHIN
    while (version, kind) not in kinds:
        found = cluster.client.ask("GET", _root(version)).body.get("resources") or ()
        kinds |= {
            (version, each["kind"]): (each["name"], bool(each["namespaced"]))
            for each in found
            if "/" not in each["name"]
        }
        if (version, kind) not in kinds:
            if time.monotonic() > deadline:
                raise ComponentFailed(
                    f"the cluster has no kind {kind} in {version}",
                    next_step="install its definition, or put it before in `manifests`",
                )
            time.sleep(0.2)
    return kinds[version, kind]


def _root(version: str) -> str:
    return f"/apis/{version}" if "/" in version else f"/api/{version}"
