"""The control API below /loadstone/: fault injection, accounting, reset, compaction."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import orjson

from loadstone.apiserver import dials
from loadstone.apiserver.accounting import RequestCounts
from loadstone.apiserver.dials import Dials
from loadstone.apiserver.machinery import status
from loadstone.apiserver.state import State
from loadstone.apiserver.wire.http import HttpRequest, Response

PREFIX = "/loadstone/"


class Control:
    """The endpoints below /loadstone/; neither counted nor dialled."""

    def __init__(self, state: State, dialled: Dials, accounting: RequestCounts) -> None:
        self._state = state
        self._dials = dialled
        self._accounting = accounting
        self._paths: dict[tuple[str, str], Callable[[bytes], Response]] = {
            ("GET", "dials"): self._show_dials,
            ("PUT", "dials"): self._set_dials,
            ("GET", "accounting"): self._show_accounting,
            ("POST", "reset"): self._reset,
            ("POST", "compact"): self._compact,
        }

    def answer(self, request: HttpRequest) -> Response:
        """The answer of an endpoint; raises 404 and 405."""
        name = request.path.removeprefix(PREFIX)
        act = self._paths.get((request.method, name))
        if act is not None:
            return act(request.body)
        if any(path == name for _, path in self._paths):
            raise status.method_not_allowed()
        raise status.unknown_path()

    def _show_dials(self, body: bytes) -> Response:  # noqa: ARG002
        return Response(body=msgspec.json.encode(self._dials.current))

    def _set_dials(self, body: bytes) -> Response:
        self._dials.set(dials.parse(body))
        return self._show_dials(b"")

    def _show_accounting(self, body: bytes) -> Response:  # noqa: ARG002
        document = self._accounting.document()
        hub = self._state.hub
        behind = sum(watcher.behind for watcher in hub)
        return Response(
            body=orjson.dumps({**document, "watchers": len(hub), "undelivered": behind})
        )

    def _reset(self, body: bytes) -> Response:  # noqa: ARG002
        self._state.clear()
        self._dials.set(())
        self._accounting.clear()
        return Response(body=b"{}")

    def _compact(self, body: bytes) -> Response:  # noqa: ARG002
        self._state.store.compact()
        return Response(body=b"{}")
