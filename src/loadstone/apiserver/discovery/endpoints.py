"""Endpoints beside the resource API: discovery, OpenAPI, version, health."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable
from typing import Any

import msgspec
import orjson

from loadstone.apiserver.discovery import api_groups, openapi
from loadstone.apiserver.machinery import status
from loadstone.apiserver.machinery.release import MINOR, RELEASE
from loadstone.apiserver.machinery.resources import Registry
from loadstone.apiserver.wire.http import HttpRequest, Response

VERSION = f"{RELEASE}+loadstone"
HEALTH = ("/healthz", "/livez", "/readyz")


class DiscoveryEndpoints:
    """The endpoints, each document encoded once for as long as the registry stays as it is."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._changes = registry.changes
        self._cache: dict[str, Response] = {}

    def answer(self, request: HttpRequest) -> Response:
        """The document at a path; raises 404 and 405."""
        if request.method not in ("GET", "HEAD"):
            raise status.method_not_allowed()
        if self._changes != self._registry.changes:
            self._changes = self._registry.changes
            self._cache.clear()
        accept = request.headers.get("accept", "")
        if request.path == "/openapi/v2" and "protobuf" in accept and "json" not in accept:
            return Response(body=openapi.EMPTY, content_type=openapi.PROTOBUF)
        aggregated = api_groups.wants_aggregated(accept)
        key = f"{request.path.rstrip('/')} {aggregated}"
        if key not in self._cache:
            made = self._make(request.path.rstrip("/"), aggregated)
            self._cache[key] = _tagged(made) if request.path.startswith("/openapi") else made
        found = self._cache[key]
        known = request.headers.get("if-none-match")
        if known and ("ETag", known) in found.headers:
            return Response(status=304, headers=found.headers)
        return found

    def _make(self, path: str, aggregated: bool) -> Response:
        if path.startswith(HEALTH):
            return Response(body=b"ok", content_type="text/plain; charset=utf-8")
        if path in ("/api", "/apis") and aggregated:
            body = api_groups.aggregated(self._registry, core=path == "/api")
            return Response(body=orjson.dumps(body), content_type=api_groups.AGGREGATED)
        found = self._document(path)
        if found is None:
            raise status.unknown_path()
        return Response(body=orjson.dumps(found))

    def _document(self, path: str) -> dict[str, Any] | None:
        registry = self._registry
        fixed: dict[str, Callable[[], dict[str, Any]]] = {
            "": lambda: {"paths": ["/api", "/apis", "/healthz", "/metrics", "/openapi/v3"]},
            "/version": version,
            "/api": api_groups.core_versions,
            "/apis": lambda: api_groups.groups(registry),
            "/openapi/v2": lambda: openapi.version2(registry),
            "/openapi/v3": lambda: openapi.index(registry),
        }
        if path in fixed:
            return fixed[path]()
        parts = path.strip("/").split("/")
        if parts[:2] == ["openapi", "v3"]:
            return openapi.document(registry, "/".join(parts[2:]))
        if parts == ["api", "v1"]:
            return api_groups.resources(registry, "", "v1")
        if parts[0] == "apis" and len(parts) == 2:
            return api_groups.group(registry, parts[1])
        if parts[0] == "apis" and len(parts) == 3:
            return api_groups.resources(registry, parts[1], parts[2])
        return None


def _tagged(response: Response) -> Response:
    """A large document that clients ask for again and again only to see it unchanged."""
    tag = hashlib.sha256(response.body).hexdigest()[:32].upper()
    return msgspec.structs.replace(response, headers=(("ETag", f'"{tag}"'),))


def version() -> dict[str, str]:
    """The document at /version."""
    return {
        "major": "1",
        "minor": str(MINOR),
        "gitVersion": VERSION,
        "gitCommit": "",
        "gitTreeState": "clean",
        "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "none",
        "compiler": "CPython",
        "platform": f"linux/{platform.machine()}",
    }
