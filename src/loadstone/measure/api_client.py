"""A client of a Kubernetes API server: requests that are repeated while it is busy, and watches."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from typing import Any, Protocol

import urllib3

from loadstone import __version__
from loadstone.errors import MeasurementFailed
from loadstone.model import ApiAccess
from loadstone.system.api_pool import ApiPool

USER_AGENT = f"loadstone/{__version__}"
MERGE_PATCH = "application/merge-patch+json"
_SILENT = 330.0  # s that a watch may say nothing; the server ends it before
_WATCHES = 64  # at once, one for each kind
_CHUNK = 64 * 1024  # By
_BUSY = (429, 500, 503)  # what a dialled or a real server answers when asking again may help


class ApiRequestFailed(MeasurementFailed):
    """A request of ours to the API server that was refused (`status`) or got no answer (0)."""

    def __init__(self, message: str, *, next_step: str = "", status: int = 0) -> None:
        super().__init__(message, next_step=next_step)
        self.status = status


class EventStream(Protocol):
    """The events of a watch as they come, as lines of JSON."""

    def read(self) -> bytes:
        """What has come, at least a byte; nothing at the end. Raises `ApiRequestFailed`."""

    def interrupt(self) -> None:
        """End it from another thread: who reads finds the end, or an error."""

    def close(self) -> None: ...


class ApiClient(Protocol):
    """A connection to an API server that speaks JSON."""

    def request(
        self, method: str, path: str, body: Any = None, *, content_type: str = "application/json"
    ) -> Mapping[str, Any]:
        """Send one request and return the answer's object. Raises `ApiRequestFailed`."""
        ...

    def stream(self, path: str) -> EventStream:
        """Open a watch. Raises `ApiRequestFailed`."""
        ...

    def close(self) -> None: ...


class HttpApiClient:
    """An `ApiClient` with a pool of connections and what credentials the API server wants.

    Safe to use from threads.
    """

    def __init__(self, access: ApiAccess, *, connections: int = 16) -> None:
        busy = urllib3.Retry(
            total=6,
            backoff_factor=0.02,
            status_forcelist=_BUSY,
            allowed_methods=None,
            raise_on_status=False,
        )
        self._pool = ApiPool(access, agent=USER_AGENT, connections=connections, retries=busy)
        # A watch keeps its connection, and no request may wait for one that a watch has.
        patient = urllib3.Timeout(connect=30, read=_SILENT)
        self._watches = ApiPool(access, agent=USER_AGENT, connections=_WATCHES, timeout=patient)

    def request(
        self, method: str, path: str, body: Any = None, *, content_type: str = "application/json"
    ) -> Mapping[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        headers = {} if data is None else {"Content-Type": content_type}
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
                f"the API server refused {method} {path}: {answer.status} {said}",
                status=answer.status,
            )
        return _object(answer.data)

    def stream(self, path: str) -> EventStream:
        try:
            answer = self._watches.request("GET", path, preload=False)
            if answer.status < 400:
                return _HttpStream(answer, path)
            said = _message(answer.read())
        except urllib3.exceptions.HTTPError as error:
            raise ApiRequestFailed(f"the API server did not answer GET {path}: {error}") from error
        raise ApiRequestFailed(
            f"the API server refused GET {path}: {answer.status} {said}", status=answer.status
        )

    def close(self) -> None:
        self._pool.close()
        self._watches.close()


class _HttpStream:
    """An `EventStream` that is the body of an answer."""

    def __init__(self, answer: urllib3.BaseHTTPResponse, path: str) -> None:
        self._answer = answer
        self._path = path

    def read(self) -> bytes:
        try:
            return bytes(self._answer.read1(_CHUNK) or b"")
        except (urllib3.exceptions.HTTPError, OSError, ValueError, AttributeError) as error:
            # the last two are what a response says that is shut down while it is read
            raise ApiRequestFailed(f"the watch GET {self._path} broke off: {error}") from error

    def interrupt(self) -> None:
        with contextlib.suppress(OSError, ValueError, RuntimeError):
            self._answer.shutdown()

    def close(self) -> None:
        self._answer.close()


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
