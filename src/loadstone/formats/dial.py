"""Dials: faults and delays of an API server."""

from __future__ import annotations

from typing import Literal

from loadstone.formats.fields import Seconds, Share, Spec


class Dial(Spec, frozen=True, kw_only=True):
    """A fault or delay of the API server, for requests that match. Absent matches everything."""

    verb: str | None = None
    resource: str | None = None
    agent: str | None = None  # a prefix of the User-Agent
    latency: Seconds = 0.0
    jitter: Seconds = 0.0  # uniform in 0…jitter, added to latency
    error_rate: Share = 0.0
    error_status: Literal[410, 429, 500, 503] = 500  # 429, 500, 503, or 410 for watches
    drop_watch_after: Seconds = 0.0  # 0: never
