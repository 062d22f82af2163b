"""A client so thin that nothing of the protocol is hidden from a test."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import kubernetes
import urllib3

from tests.contract.resources import Resource

JSON = "application/json"
PATCHES = {
    "merge": "application/merge-patch+json",
    "json": "application/json-patch+json",
    "strategic": "application/strategic-merge-patch+json",
    "apply": "application/apply-patch+yaml",
}
AGENT = "contract-suite/1.0"
ATTEMPTS = 10  # to update what a controller writes, too
PATIENCE = 30.0  # s a single answer or watch event may take before the test fails


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the server said to one request."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def ok(self) -> Any:
        """The body of a request that has to succeed."""
        assert 200 <= self.status < 300, f"{self.status}: {self.body.decode(errors='replace')}"
        return self.json()

    def failed(self, status: int, reason: str) -> dict[str, Any]:
        """The Status object of a request that has to fail in this very way."""
        assert self.status == status, f"{self.status}: {self.body.decode(errors='replace')}"
        found: dict[str, Any] = self.json()
        told = {key: found.get(key) for key in ("kind", "apiVersion", "status", "reason", "code")}
        assert told == {
            "kind": "Status",
            "apiVersion": "v1",
            "status": "Failure",
            "reason": reason,
            "code": status,
        }
        assert found.get("message"), "a failure has a message for a person"
        return found

    def invalid(self, *fields: str) -> dict[str, Any]:
        """The Status of a 422 whose causes name these fields."""
        found = self.failed(422, "Invalid")
        causes = found["details"]["causes"]
        assert all(cause["reason"] and cause["message"] for cause in causes)
        named = {cause["field"] for cause in causes}
        assert named >= set(fields), f"{fields} are not all of {named}"
        return found


class Watch:
    """The events of one watch, in the order in which they arrive."""

    def __init__(self, response: urllib3.BaseHTTPResponse) -> None:
        self.response = response
        self._events = self._read()

    def _read(self) -> Iterator[dict[str, Any]]:
        rest = b""
        for chunk in self.response.stream(65536):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                if line.strip():
                    yield json.loads(line)
        assert not rest.strip(), f"the stream ended within an event: {rest!r}"

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """All events until the server ends the watch."""
        return self._events

    def next(self) -> dict[str, Any]:
        """The next event; a watch that has ended fails the test."""
        event = next(self._events, None)
        assert event is not None, "the watch ended before the event came"
        return event

    def take(self, count: int) -> list[tuple[str, str]]:
        """The next events as (type, name of the object)."""
        events = [self.next() for _ in range(count)]
        return [(event["type"], event["object"]["metadata"]["name"]) for event in events]


class Api:
    """Requests to one API server, as one user agent."""

    def __init__(self, kubeconfig: Path, *, agent: str = AGENT) -> None:
        self.kubeconfig = kubeconfig
        library: Any = kubernetes
        settings = library.client.Configuration()
        library.config.load_kube_config(str(kubeconfig), client_configuration=settings)
        self.url = settings.host.rstrip("/")
        keys = ("authorization", "BearerToken")  # where the library's releases put a token
        token = next(filter(None, map(settings.get_api_key_with_prefix, keys)), None)
        self.headers = {"User-Agent": agent, "Accept": JSON}
        if token:
            self.headers["Authorization"] = token
        self.pool = urllib3.PoolManager(
            maxsize=16,
            retries=False,
            cert_file=settings.cert_file,
            key_file=settings.key_file,
            ca_certs=settings.ssl_ca_cert,
            timeout=PATIENCE,
        )

    def close(self) -> None:
        self.pool.clear()

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        **query: Any,
    ) -> Answer:
        """One request. `body` is sent as it is when it is bytes, as JSON otherwise."""
        sent = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        response = self.pool.request(
            method,
            self._url(path, query),
            body=sent,
            headers={**self.headers, "Content-Type": JSON, **(headers or {})},
        )
        return Answer(status=response.status, headers=response.headers, body=response.data)

    def get(self, path: str, *, accept: str = JSON, **query: Any) -> Answer:
        return self.request("GET", path, headers={"Accept": accept}, **query)

    @contextmanager
    def watch(self, path: str, **query: Any) -> Iterator[Watch]:
        """A watch that has been accepted; it is closed on leaving."""
        response = self.pool.request(
            "GET",
            self._url(path, {"watch": "true", **query}),
            headers=self.headers,
            preload_content=False,
        )
        try:
            assert response.status == 200, f"{response.status}: {response.data!r}"
            yield Watch(response)
        finally:
            response.close()

    def of(self, resource: Resource, namespace: str = "") -> Collection:
        return Collection(self, resource, namespace)

    def _url(self, path: str, query: Mapping[str, Any]) -> str:
        given = {key: value for key, value in query.items() if value is not None}
        return f"{self.url}{path}" + (f"?{urlencode(given)}" if given else "")


@dataclass(frozen=True)
class Collection:
    """The objects of one resource, in one namespace or everywhere."""

    api: Api
    resource: Resource
    namespace: str = ""

    def path(self, name: str = "", subresource: str = "") -> str:
        return self.resource.path(self.namespace, name, subresource)

    def create(self, item: Any, **query: Any) -> Answer:
        return self.api.request("POST", self.path(), item, **query)

    def read(self, name: str, subresource: str = "") -> Answer:
        return self.api.get(self.path(name, subresource))

    def replace(self, item: Any, subresource: str = "", **query: Any) -> Answer:
        path = self.path(item["metadata"]["name"], subresource)
        return self.api.request("PUT", path, item, **query)

    def update(self, name: str, part: Any, subresource: str = "") -> Answer:
        """Replace fields of what is there now; again where a controller wrote in between."""
        for _ in range(ATTEMPTS):
            answer = self.replace({**self.read(name, subresource).ok(), **part}, subresource)
            if answer.status != 409:
                return answer
        raise AssertionError(f"{name}: a conflict at each of {ATTEMPTS} attempts")

    def patch(
        self, name: str, patch: Any, kind: str = "merge", subresource: str = "", **query: Any
    ) -> Answer:
        headers = {"Content-Type": PATCHES[kind]}
        path = self.path(name, subresource)
        return self.api.request("PATCH", path, patch, headers=headers, **query)

    def apply(self, item: Any, manager: str, subresource: str = "", **query: Any) -> Answer:
        """Server-side apply by a field manager."""
        name = item["metadata"]["name"]
        return self.patch(name, item, "apply", subresource, fieldManager=manager, **query)

    def delete(self, name: str, options: Any = None, **query: Any) -> Answer:
        return self.api.request("DELETE", self.path(name), options, **query)

    def delete_all(self, options: Any = None, **query: Any) -> Answer:
        return self.api.request("DELETE", self.path(), options, **query)

    def list(self, **query: Any) -> Answer:
        return self.api.get(self.path(), **query)

    def names(self, **query: Any) -> Sequence[str]:
        return [item["metadata"]["name"] for item in self.list(**query).ok()["items"]]

    def exists(self, name: str) -> bool:
        answer = self.read(name)
        assert answer.status in (200, 404), answer
        return answer.status == 200

    def watch(self, **query: Any) -> Any:
        return self.api.watch(self.path(), **query)
