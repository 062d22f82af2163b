"""The queries of a component that is up: of which Prometheus, shown what, about which labels."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from loadstone.formats import Component
from loadstone.measure.probes.probe import PrometheusQueries
from loadstone.model import ApiAccess, PrometheusAccess
from loadstone.protocols import RunningComponent


def component_queries(
    component: Component,
    running: RunningComponent,
    access: ApiAccess,
    *,
    page: str,
    pods: bool,
    started: float,
    given: PrometheusAccess | None = None,
) -> PrometheusQueries | None:
    """The queries of a component; None where it has none, or nobody to ask.

    `access`: of the cluster's API server, which is shown to a Prometheus behind it and to no other.
    `given`: what the user says that one Prometheus is shown, and no other either.
    `page`: the URL of its metrics. `started`: when it was, by the monotonic clock.
    """
    if not component.prometheus or not component.promql:
        return None
    url, names = running.fill(component.prometheus), running.names
    behind = running.access if running.access.url else access
    api = str(names["api"]).rstrip("/") + "/"
    address = urlsplit(page).netloc
    target = f'namespace="{names["namespace"]}"' if pods else f'instance="{address}"'
    return PrometheusQueries(
        url=url,
        queries=component.promql,
        names={**names, "target": target},
        since=time.time() - (time.monotonic() - started),
        access=behind if url.startswith(api) else _theirs(given, url),
    )


def _theirs(given: PrometheusAccess | None, url: str) -> PrometheusAccess | None:
    return given if given is not None and given.url == url else None
