"""Requests to an API server: what is sent, and which of its pages comes next."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

import msgspec

from loadstone.measure.load.api_target import lane_address, token
from loadstone.measure.load.connection import Connection
from loadstone.measure.load.load_request import LoadRequest
from loadstone.model import ApiAccess

MERGE_PATCH = "application/merge-patch+json"
_NONE: Mapping[bytes, bytes] = {}


class PreparedApiRequest:
    """A request to an API server, rendered once; right is every status of success."""

    __slots__ = ("message", "name", "paged")

    headers = _NONE  # of the answer: none is looked at

    def __init__(self, name: str, message: bytes, *, paged: bool = False) -> None:
        self.name = name
        self.message = message
        self.paged = paged  # its answer may say that there is another page

    def fault(self, status: int, headers: Mapping[bytes, bytes], length: int) -> str | None:  # noqa: ARG002
        return None if 200 <= status < 300 else f"{self.name}: status {status}"


class ApiMessages:
    """A writer of requests for one API server and one user agent."""

    def __init__(self, access: ApiAccess, agent: str) -> None:
        shown = token(access)
        head = f"Host: {lane_address(access)}\r\nUser-Agent: {agent}\r\n"
        head += "Accept: application/json\r\n"
        head += f"Authorization: Bearer {shown}\r\n" if shown else ""
        self._head = head

    def get(self, path: str, *, paged: bool = False) -> PreparedApiRequest:
        message = f"GET {path} HTTP/1.1\r\n{self._head}\r\n".encode()
        return PreparedApiRequest(f"GET {path}", message, paged=paged)

    def patch(self, path: str, body: bytes) -> PreparedApiRequest:
        """A merge patch."""
        head = f"PATCH {path} HTTP/1.1\r\n{self._head}Content-Type: {MERGE_PATCH}\r\n"
        head += f"Content-Length: {len(body)}\r\n\r\n"
        return PreparedApiRequest(f"PATCH {path}", head.encode() + body)


class _ListMeta(msgspec.Struct):
    """As much of a list's metadata as a client needs to go on."""

    following: str = msgspec.field(default="", name="continue")


class _ListPage(msgspec.Struct):
    """A page of a list; its items are passed over."""

    metadata: _ListMeta = msgspec.field(default_factory=_ListMeta)


def following(path: str, body: bytes) -> str:
    """The path of the page after the one that `body` is; "" where there is none."""
    try:
        token = msgspec.json.decode(body, type=_ListPage).metadata.following
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    first = path.partition("&continue=")[0]
    return f"{first}&continue={quote(token, safe='')}" if token else ""


class PageConnection(Connection):
    """A connection that keeps the body of an answer which may have another page."""

    __slots__ = ("page",)

    def send(self, request: LoadRequest) -> None:
        self.page = bytearray()
        super().send(request)

    def on_body(self, body: bytes) -> None:
        super().on_body(body)
        prepared = self.request.prepared if self.request is not None else None
        if isinstance(prepared, PreparedApiRequest) and prepared.paged:
            self.page += body
