"""A component at work: what it asks of the API server, and what waits in its queues."""

from __future__ import annotations

import math
from contextlib import suppress

from loadstone.errors import InvalidFile
from loadstone.measure.probes import text_page
from loadstone.measure.probes.api_requests import of_component
from loadstone.measure.probes.fetch import FetchFailed, fetch, pool
from loadstone.measure.probes.page_body import NotText, text_of
from loadstone.measure.probes.selector import Selector
from loadstone.measure.steps.activity import Activity, WorkSigns
from loadstone.measure.world import World
from loadstone.model import Accounting, ApiAccess

_WITHIN = 2.0  # s for a page of metrics


def watched(
    world: World,
    before: Accounting | None,
    ours: str,
    metrics: str,
    access: ApiAccess | None = None,
) -> WorkSigns:
    """The signs of work of the component of a run that began with the account `before`, if any.

    `ours`: the beginning of our own user agent. `metrics`: the URL of its page, or "", which wants
    to be shown what `access` says.
    """

    def activity() -> Activity:
        now = world.accounting()
        if before is None or now is None:
            return Activity()
        data = of_component(before, now, ours)
        return Activity(
            requests=data.requests, events=data.events or {}, undelivered=now.undelivered
        )

    return WorkSigns(
        activity=activity if before is not None else None,
        queued=lambda series: queued(metrics, series, access),
    )


def queued(url: str, series: str, access: ApiAccess | None = None) -> float | None:
    """The sum of a series of a metrics page; None where there is no page, or no such series."""
    if not url:
        return None
    with suppress(FetchFailed, NotText, InvalidFile), pool(access) as connections:
        page = text_of(fetch(connections, url, within=_WITHIN))
        found = text_page.read(page, {"queued": Selector.parse(series)})
        total = found.sum("queued")
        return total if total is not None and math.isfinite(total) else None
    return None
