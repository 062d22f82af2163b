"""A client of objects: made, changed and removed at speed, of any kind the API server knows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from loadstone.errors import UsageError
from loadstone.measure.api_client import MERGE_PATCH, ApiClient, ApiRequestFailed, EventStream

_KIND_EVERY = 0.05  # s between two questions for a kind that is about to be served


class PlacementRule(Protocol):
    """A rule of where an object goes in a cluster that is not ours alone."""

    def __call__(
        self, item: Mapping[str, Any], *, namespaced: bool, collection: str
    ) -> Mapping[str, Any]: ...


class ObjectClient:
    """Objects of any kind the server knows, addressed as a client would: by discovery.

    Where `place` says how objects are made, one without a namespace must not be there already.
    """

    def __init__(self, api: ApiClient, *, place: PlacementRule | None = None) -> None:
        self._api = api
        self._place = place
        self._kinds: dict[tuple[str, str], tuple[str, bool]] = {}
        self._lock = threading.Lock()

    def create(self, objects: Sequence[Mapping[str, Any]], *, concurrency: int = 1) -> list[float]:
        """Create them all, `concurrency` requests at a time. Raises `ApiRequestFailed`.

        The moment, monotonic, at which the request for each had been answered.
        """
        return self._each(self._create, objects, concurrency)

    def patch(self, item: Mapping[str, Any]) -> None:
        """Make the object on the server equal to `item` where they differ (a merge patch)."""
        placed = self.placed(item)
        self._api.request("PATCH", self.path(placed), placed, content_type=MERGE_PATCH)

    def delete(self, objects: Sequence[Mapping[str, Any]], *, concurrency: int = 1) -> list[float]:
        """Remove them all. Raises `ApiRequestFailed`, also for one that is not there.

        The moment, monotonic, at which the request for each had been answered.
        """
        return self._each(
            lambda item: self._api.request("DELETE", self.path(self.placed(item))),
            objects,
            concurrency,
        )

    def get(self, path: str) -> Mapping[str, Any]:
        """What the server has at a path. Raises `ApiRequestFailed`."""
        return self._api.request("GET", path)

    def stream(self, path: str) -> EventStream:
        """Open a watch at a path. Raises `ApiRequestFailed`."""
        return self._api.stream(path)

    def refuse_foreign(self, act: str) -> None:
        """Raise `UsageError` for an act on objects of others, where the cluster is not ours alone.

        `act`: what would be done, as "`do: replay` changes objects".
        """
        if self._place is not None:
            raise UsageError(
                f"{act} wherever they are, and the cluster is not ours alone",
                next_step="measure it in a cluster of its own, as of --provider memory",
            )

    def send(
        self, method: str, path: str, body: Any = None, *, content_type: str = "application/json"
    ) -> Mapping[str, Any]:
        """Send one request as it is, and return the answer. Raises `ApiRequestFailed`."""
        return self._api.request(method, path, body, content_type=content_type)

    def resources(self, root: str) -> set[str]:
        """The resources that are served below `/api/v1` and the like, as `pods/status`.

        Raises `ApiRequestFailed`.
        """
        return {str(each["name"]) for each in self.get(root).get("resources", ())}

    def path(self, item: Mapping[str, Any]) -> str:
        """The path of an object. Raises `ApiRequestFailed` for a kind that the server lacks."""
        return f"{self._collection(item)}/{item['metadata']['name']}"

    def placed(self, item: Mapping[str, Any]) -> Mapping[str, Any]:
        """An object as it is made in this cluster, which may not be ours alone."""
        if self._place is None:
            return item
        version = item["apiVersion"]
        plural, namespaced = self._resource(version, item["kind"])
        return self._place(item, namespaced=namespaced, collection=f"{_root(version)}/{plural}")

    def collection(self, version: str, kind: str, namespace: str = "") -> str:
        """The path of all objects of a kind, in one namespace or in all of them.

        Raises `ApiRequestFailed` for a kind that the server lacks.
        """
        plural, namespaced = self._resource(version, kind)
        scope = f"/namespaces/{namespace}" if namespace and namespaced else ""
        return f"{_root(version)}{scope}/{plural}"

    def namespace(self, version: str, kind: str, asked: str) -> str:
        """The namespace in which an object is that a manifest puts into `asked`."""
        if self._place is None:
            return asked
        meta = {"name": "", "namespace": asked}
        placed = self.placed({"apiVersion": version, "kind": kind, "metadata": meta})
        return str(placed["metadata"].get("namespace", asked))

    def await_kind(self, version: str, kind: str, *, deadline: float) -> None:
        """Wait until a kind is served, or a monotonic deadline. Raises `ApiRequestFailed` then."""
        while True:
            try:
                self._resource(version, kind)
            except ApiRequestFailed:
                if time.monotonic() > deadline:
                    raise
                time.sleep(_KIND_EVERY)
            else:
                return

    def close(self) -> None:
        self._api.close()

    def _create(self, item: Mapping[str, Any]) -> None:
        placed = self.placed(item)
        if self._place is not None and "namespace" not in placed["metadata"]:
            self._refuse_taken(placed)
        self._api.request("POST", self._collection(placed), placed)

    def _refuse_taken(self, item: Mapping[str, Any]) -> None:
        try:
            self._api.request("GET", self.path(item))
        except ApiRequestFailed as error:
            if error.status == 404:
                return
            raise
        raise ApiRequestFailed(
            f"{item['kind']} {item['metadata']['name']} is there already, and is not ours",
            next_step="give the scenario's object another name",
        )

    def _each(
        self,
        act: Callable[[Mapping[str, Any]], object],
        objects: Sequence[Mapping[str, Any]],
        concurrency: int,
    ) -> list[float]:
        def acted(item: Mapping[str, Any]) -> float:
            act(item)
            return time.monotonic()

        if concurrency <= 1:
            return [acted(item) for item in objects]
        with ThreadPoolExecutor(max_workers=concurrency) as pool:
            return list(pool.map(acted, objects))

    def _collection(self, item: Mapping[str, Any]) -> str:
        """The path of all objects of an object's kind where it is."""
        namespace = item.get("metadata", {}).get("namespace", "default")
        return self.collection(item["apiVersion"], item["kind"], namespace)

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
