"""A Kubernetes API client for the driver: objects made, changed and removed at speed."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

import urllib3

from loadstone import __version__
from loadstone.errors import MeasurementFailed

USER_AGENT = f"loadstone/{__version__}"
MERGE_PATCH = "application/merge-patch+json"
_BUSY = (429, 500, 503)  # what a dialled or a real server answers when asking again may help


class ApiRequestFailed(MeasurementFailed):
    """A request of ours to the API server that was refused or got no answer."""


class ApiClient(Protocol):
    """A connection to an API server that speaks JSON."""

    def request(
        self, method: str, path: str, body: Any = None, *, content_type: str = "application/json"
    ) -> Mapping[str, Any]:
        """Send one request and return the answer's object. Raises `ApiRequestFailed`."""
        ...

    def close(self) -> None: ...


class HttpApiClient:
    """An `ApiClient` over plain HTTP with a pool of connections, safe to use from threads."""

    def __init__(self, url: str, *, connections: int = 16) -> None:
        busy = urllib3.Retry(
            total=6,
            backoff_factor=0.02,
            status_forcelist=_BUSY,
            allowed_methods=None,
            raise_on_status=False,
        )
        self._pool = urllib3.connection_from_url(
            url, maxsize=connections, block=True, retries=busy, timeout=urllib3.Timeout(30)
        )

    def request(
        self, method: str, path: str, body: Any = None, *, content_type: str = "application/json"
    ) -> Mapping[str, Any]:
        headers = {"User-Agent": USER_AGENT, "Accept": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            headers["Content-Type"] = content_type
        try:
            answer = self._pool.request(method, path, body=data, headers=headers)
        except urllib3.exceptions.HTTPError as error:
            raise ApiRequestFailed(
                f"the API server did not answer {method} {path}: {error}"
            ) from error
        again = answer.retries is not None and bool(answer.retries.history)
        if answer.status >= 400 and not (again and _done_before(method, answer.status)):
            said = _message(answer.data)
            raise ApiRequestFailed(
                f"the API server refused {method} {path}: {answer.status} {said}"
            )
        return _object(answer.data)

    def close(self) -> None:
        self._pool.close()


class ObjectClient:
    """Objects of any kind the server knows, addressed as a client would: by discovery."""

    def __init__(self, api: ApiClient) -> None:
        self._api = api
        self._kinds: dict[tuple[str, str], tuple[str, bool]] = {}
        self._lock = threading.Lock()

    def create(self, objects: Sequence[Mapping[str, Any]], *, concurrency: int = 1) -> None:
        """Create them all, `concurrency` requests at a time. Raises `ApiRequestFailed`."""
        self._each(
            lambda item: self._api.request("POST", self._collection(item), item),
            objects,
            concurrency,
        )

    def patch(self, item: Mapping[str, Any]) -> None:
        """Make the object on the server equal to `item` where they differ (a merge patch)."""
        self._api.request("PATCH", self._path(item), item, content_type=MERGE_PATCH)

    def delete(self, objects: Sequence[Mapping[str, Any]], *, concurrency: int = 1) -> None:
        """Remove them all. Raises `ApiRequestFailed`, also for one that is not there."""
        self._each(lambda item: self._api.request("DELETE", self._path(item)), objects, concurrency)

    def close(self) -> None:
        self._api.close()

    def _each(self, act: Any, objects: Sequence[Mapping[str, Any]], concurrency: int) -> None:
        if concurrency <= 1:
            for item in objects:
                act(item)
            return
        with ThreadPoolExecutor(max_workers=concurrency) as pool:
            for _ in pool.map(act, objects):
                pass

    def _path(self, item: Mapping[str, Any]) -> str:
        return f"{self._collection(item)}/{item['metadata']['name']}"

    def _collection(self, item: Mapping[str, Any]) -> str:
        version, kind = item["apiVersion"], item["kind"]
        plural, namespaced = self._resource(version, kind)
        namespace = item.get("metadata", {}).get("namespace", "default")
        scope = f"/namespaces/{namespace}" if namespaced else ""
        return f"{_root(version)}{scope}/{plural}"

    def _resource(self, version: str, kind: str) -> tuple[str, bool]:
        with self._lock:
            if (version, kind) not in self._kinds:
                found = self._api.request("GET", _root(version)).get("resources", [])
                self._kinds |= {
                    (version, entry["kind"]): (entry["name"], bool(entry["namespaced"]))
                    for entry in found
                    if "/" not in entry["name"]
                }
            if (version, kind) not in self._kinds:
                raise ApiRequestFailed(f"the API server knows no kind {kind} in {version}")
            return self._kinds[version, kind]


def _root(version: str) -> str:
    return f"/apis/{version}" if "/" in version else f"/api/{version}"


def _done_before(method: str, status: int) -> bool:
    """Whether a refused repetition says that the first attempt was carried out after all."""
    return (method, status) in {("POST", 409), ("DELETE", 404)}


def _object(data: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(data or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _message(data: bytes) -> str:
    said = _object(data).get("message")
    return str(said) if said else data[:200].decode(errors="replace")
