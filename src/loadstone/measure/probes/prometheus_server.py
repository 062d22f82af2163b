"""A Prometheus that is asked over its HTTP API, bounded in size and time."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import msgspec

from loadstone.measure.api_client import USER_AGENT
from loadstone.measure.probes.fetch import FetchFailed, fetch, pool
from loadstone.measure.probes.query_answers import QueryAnswer
from loadstone.model import ApiAccess, PrometheusAccess

_WITHIN = 10.0  # s for an answer
# What it answers with the reason in the body: a query that is none, one that cannot be done.
_REASONED = frozenset({400, 422, 503})


class QueryRefused(FetchFailed):
    """A query that the server cannot or will not answer, though it is there."""


class _ReplyData(msgspec.Struct, frozen=True):
    """The result in a reply, as Prometheus writes it."""

    resultType: str  # noqa: N815  (as Prometheus has it)
    result: Any


class _PrometheusReply(msgspec.Struct, frozen=True):
    """A reply of the API: a result, or the reason why there is none."""

    status: str
    data: _ReplyData | None = None
    error: str = ""
    warnings: list[str] = []


class PrometheusServer:
    """The server at a URL, which is shown what `access` says. For one thread.

    Raises `FetchFailed` where that is not to be had.
    """

    def __init__(
        self,
        url: str,
        access: ApiAccess | PrometheusAccess | None = None,
        *,
        within: float = _WITHIN,
    ) -> None:
        self._url = url.rstrip("/")
        self._within = within
        try:
            self._pool = pool(access)
        except (OSError, ValueError) as error:
            raise FetchFailed(f"{url} was not asked: {error}") from error
        # A Prometheus may be behind an API server, which counts who asks.
        self._pool.headers = {**self._pool.headers, "User-Agent": USER_AGENT}

    def query(self, query: str, at: float | None = None) -> QueryAnswer:
        """The answer at a moment in seconds since 1970, now by default.

        Raises `QueryRefused`, and `FetchFailed` where no Prometheus answers.
        """
        asked = {"query": query} if at is None else {"query": query, "time": f"{at:.3f}"}
        url = f"{self._url}/api/v1/query?{urlencode(asked)}"
        body = fetch(self._pool, url, within=self._within, also=_REASONED, redirects=0)
        try:
            reply = msgspec.json.decode(body, type=_PrometheusReply)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise FetchFailed(f"{self._url} is no Prometheus: {error}") from error
        if reply.status != "success" or reply.data is None:
            raise QueryRefused(reply.error or f"{self._url} gave no reason")
        return QueryAnswer(
            kind=reply.data.resultType, result=reply.data.result, warnings=reply.warnings
        )

    def close(self) -> None:
        self._pool.clear()
