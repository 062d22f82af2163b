"""Fetching of a component's pages and profiles, bounded in size and time."""

from __future__ import annotations

import time
from collections.abc import Collection
from urllib.parse import urljoin, urlsplit

import urllib3

from loadstone.formats import gzipped
from loadstone.model import ApiAccess, PrometheusAccess
from loadstone.system.https_pool import connections

LARGEST = 64 * 1024 * 1024  # By of an answer, unpacked
REDIRECTS = 5  # a page that is where its file says needs none, a moved one a single one
_CHUNK = 256 * 1024  # By
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_AS_IT_IS = frozenset({"", "identity"})
_GZIP = frozenset({"gzip", "x-gzip"})


class FetchFailed(Exception):
    """A fetch that failed; the message names the URL and says why."""


def pool(access: ApiAccess | PrometheusAccess | None = None) -> urllib3.PoolManager:
    """Connections for `fetch`, which show what `access` says."""
    return connections(access, retries=False)


def fetch(
    connections: urllib3.PoolManager,
    url: str,
    *,
    within: float,
    accept: str = "",
    also: Collection[int] = (),
    redirects: int = REDIRECTS,
) -> bytes:
    """The body of the answer 200, without the encoding of its transport. Raises `FetchFailed`.

    `within`: seconds for all of it; `accept`: the media types to ask for; `also`: what else is an
    answer. So many redirects are followed on the host that was asked: a component must not send us,
    who may reach what it may not, anywhere else.
    """
    deadline = time.monotonic() + within
    asked = url
    for _ in range(redirects + 1):
        try:
            place, encoding, body = _once(connections, asked, deadline, accept, {200, *also})
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            raise FetchFailed(f"{asked}: {error}") from error
        if not place:
            return _plain(body, encoding, asked)
        asked = _followed(url, asked, place)
    raise FetchFailed(f"{url} redirects more than {redirects} times")


def _followed(url: str, asked: str, place: str) -> str:
    """Where the answer of `asked` leads, on the host of `url`. Raises `FetchFailed`."""
    try:
        there = urljoin(asked, place)
        same = _same_host(url, there)
    except ValueError as error:
        raise FetchFailed(f"{asked} redirects to {place}, which is no address: {error}") from error
    if not same:
        raise FetchFailed(f"{asked} redirects to another host, {there}")
    return there


def _once(
    connections: urllib3.PoolManager, url: str, deadline: float, accept: str, good: Collection[int]
) -> tuple[str, str, bytes]:
    """Where the answer redirects to ("": nowhere), how its body is encoded, and the body."""
    left = max(deadline - time.monotonic(), 0.001)
    headers = {**connections.headers, "Accept": accept} if accept else None
    answer = connections.request(
        "GET", url, headers=headers, redirect=False, timeout=left, preload_content=False
    )
    try:
        place = answer.get_redirect_location() or ""
        if not place and answer.status not in good:
            raise FetchFailed(f"{url} answered {answer.status}")
        body = _body(answer, url, deadline)
        return place, answer.headers.get("content-encoding", "").strip().lower(), body
    finally:
        answer.close()  # of one that was read to its end, the connection is back in the pool


def _body(answer: urllib3.BaseHTTPResponse, url: str, deadline: float) -> bytes:
    parts: list[bytes] = []
    size = 0
    while part := answer.read1(_CHUNK, decode_content=False):
        parts.append(part)
        size += len(part)
        if size > LARGEST:
            raise FetchFailed(f"{url}: the answer is larger than {LARGEST} bytes")
        if time.monotonic() > deadline:
            raise FetchFailed(f"{url}: the answer did not come to its end in time")
    return b"".join(parts)


def _plain(body: bytes, encoding: str, url: str) -> bytes:
    if encoding in _AS_IT_IS or not body:
        return body
    if encoding not in _GZIP:
        raise FetchFailed(f"{url}: the answer is encoded as {encoding}, which nobody asked for")
    try:
        return gzipped.unpacked(body, LARGEST)
    except gzipped.DamagedGzip as error:
        raise FetchFailed(f"{url}: {error}") from error


def _same_host(one: str, other: str) -> bool:
    first, second = (urlsplit(url).hostname or "" for url in (one, other))
    web = urlsplit(other).scheme in ("http", "https")
    return web and (first == second or {first, second} <= _LOOPBACK)
