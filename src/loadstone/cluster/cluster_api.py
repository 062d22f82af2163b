"""A client of a cluster's API server, for what a provider itself has to do there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import urllib3

from loadstone import __version__
from loadstone.errors import ClusterFailed
from loadstone.model import ApiAccess
from loadstone.system.api_pool import ApiPool

AGENT = f"loadstone/{__version__}"  # by which our own requests are told from a component's
AT_ONCE = 16  # requests; a real API server takes many more
JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
_BUSY = urllib3.Retry(
    total=5,
    backoff_factor=0.05,
    status_forcelist=(429, 503, 504),
    allowed_methods=None,
    raise_on_status=False,
)

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True)
class ApiAnswer:
    """An answer of an API server: its status, and the object in its body ({} for none)."""

    status: int
    body: dict[str, Any]

    @property
    def good(self) -> bool:
        return self.status < 300

    @property
    def message(self) -> str:
        return str(self.body.get("message") or self.status)


class ClusterApi:
    """A client of one API server, safe to use from threads.

    It asks again where the server is busy, unless it is `hasty`.
    """

    def __init__(self, access: ApiAccess, *, timeout: float = 60.0, hasty: bool = False) -> None:
        self.access = access
        self._pool = ApiPool(
            access,
            agent=AGENT,
            connections=AT_ONCE,
            retries=False if hasty else _BUSY,
            timeout=timeout,
        )

    @property
    def url(self) -> str:
        return self.access.url

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        content_type: str = JSON,
        accept: str = JSON,
    ) -> ApiAnswer:
        """Send one request, whatever is answered. Raises `ClusterFailed` where nothing is."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Accept": accept, **({} if data is None else {"Content-Type": content_type})}
        answer = self._asked(method, path, data, headers)
        return ApiAnswer(status=answer.status, body=_object(answer.data))

    def get(self, path: str, *, accept: str = JSON) -> dict[str, Any]:
        """The object at a path. Raises `ClusterFailed` where there is none to be had."""
        found: dict[str, Any] = self.done("GET", path, accept=accept)
        return found

    def done(self, method: str, path: str, body: Any = None, *, accept: str = JSON) -> Any:
        """What a request is answered with. Raises `ClusterFailed` where it is refused."""
        answer = self.ask(method, path, body, accept=accept)
        if not answer.good:
            raise ClusterFailed(
                f"the API server {self.url} refused {method} {path}:"
                f" {answer.status} {answer.message}"
            )
        return answer.body

    def text(self, path: str) -> str:
        """What is at a path that has no object, as a log; "" where there is nothing."""
        answer = self._asked("GET", path, None, {"Accept": "*/*"})
        return answer.data.decode(errors="replace") if answer.status == 200 else ""

    def ready(self) -> bool:
        """Whether the API server says that it is."""
        try:
            return self.ask("GET", "/readyz").status == 200
        except ClusterFailed:
            return False

    def close(self) -> None:
        self._pool.close()

    def _asked(
        self, method: str, path: str, data: bytes | None, headers: dict[str, str]
    ) -> urllib3.BaseHTTPResponse:
        try:
            return self._pool.request(method, path, body=data, headers=headers)
        except urllib3.exceptions.HTTPError as error:
            raise ClusterFailed(
                f"the API server {self.url} did not answer {method} {path}: {error}"
            ) from error


def api_root(group: str, version: str) -> str:
    """The path below which a version of a group is served; "" is the group of pods."""
    return f"/apis/{group}/{version}" if group else f"/api/{version}"


def at_once(act: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """The results of `act` for every item, some at a time, in their order."""
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        return list(pool.map(act, items))


def _object(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
