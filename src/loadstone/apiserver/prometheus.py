"""Metrics in Prometheus' text format, under the names that the real API server uses."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, ProcessCollector, exposition
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from loadstone.apiserver.accounting import BUCKETS, RequestCounts, RequestKind, Tally
from loadstone.apiserver.state import State
from loadstone.apiserver.wire.http import Response

_LABELS = ["verb", "group", "version", "resource", "subresource", "scope", "user_agent"]


class _Collector:
    """A collector that turns request counts into metric families at each scrape."""

    def __init__(self, accounting: RequestCounts, state: State) -> None:
        self._accounting = accounting
        self._state = state

    def collect(self) -> Iterator[Metric]:
        """The metric families."""
        tallies = list(self._accounting.tallies.items())
        yield _requests(tallies)
        yield _durations(tallies)
        yield _counter(
            "apiserver_watch_events",
            "Events delivered to watchers.",
            [(asked, tally.events) for asked, tally in tallies],
        )
        yield _counter(
            "apiserver_request_body_bytes",
            "Bytes of request bodies.",
            [(asked, tally.received) for asked, tally in tallies],
        )
        yield _counter(
            "apiserver_response_body_bytes",
            "Bytes of response bodies and watch events.",
            [(asked, tally.sent) for asked, tally in tallies],
        )
        yield _counter(
            "loadstone_injected_failures",
            "Requests and watches that a dial made fail.",
            [(asked, tally.injected) for asked, tally in tallies],
        )
        yield from self._gauges()

    def _gauges(self) -> Iterator[Metric]:
        objects = GaugeMetricFamily(
            "apiserver_storage_objects", "Stored objects.", labels=["resource"]
        )
        for collection in self._state.store:
            objects.add_metric([collection.resource.qualified], len(collection.objects))
        yield objects
        watchers = GaugeMetricFamily("apiserver_longrunning_requests", "Open watches.")
        watchers.add_metric([], len(self._state.hub))
        yield watchers


def exposition_of(accounting: RequestCounts, state: State) -> Response:
    """The answer to a scrape of /metrics."""
    registry = CollectorRegistry()
    registry.register(_Collector(accounting, state))
    ProcessCollector(registry=registry)
    return Response(
        body=exposition.generate_latest(registry), content_type=exposition.CONTENT_TYPE_LATEST
    )


def _requests(tallies: list[tuple[RequestKind, Tally]]) -> Metric:
    family = CounterMetricFamily(
        "apiserver_request_total", "Requests answered.", labels=[*_LABELS, "code"]
    )
    for asked, tally in tallies:
        for code, count in tally.codes.items():
            family.add_metric([*_values(asked), str(code)], count)
    return family


def _durations(tallies: list[tuple[RequestKind, Tally]]) -> Metric:
    family = HistogramMetricFamily(
        "apiserver_request_duration_seconds",
        "From a request's last byte to its answer, dialled delays included; watches have none.",
        labels=_LABELS,
    )
    for asked, tally in tallies:
        total, buckets = 0, []
        for bound, count in zip((*BUCKETS, float("inf")), tally.durations, strict=True):
            total += count
            buckets.append(("+Inf" if bound == float("inf") else f"{bound:g}", float(total)))
        if total:
            family.add_metric(_values(asked), buckets, tally.seconds)
    return family


def _counter(name: str, words: str, values: list[tuple[RequestKind, int]]) -> Metric:
    family = CounterMetricFamily(name, words, labels=_LABELS)
    for asked, value in values:
        if value:
            family.add_metric(_values(asked), value)
    return family


_METRIC_VERBS = {"create": "POST", "update": "PUT"}


def _values(asked: RequestKind) -> list[str]:
    verb = _METRIC_VERBS.get(asked.verb, asked.verb.upper())
    plural, _, subresource = asked.resource.partition("/") if asked.scope else (asked.resource,) * 3
    return [
        verb,
        asked.group,
        asked.version,
        plural,
        subresource if asked.scope else "",
        asked.scope,
        asked.agent,
    ]
