"""Quantities of a load's result, by the dotted names that metrics are taken from."""

from __future__ import annotations

from loadstone.measure.load.generator import LoadResult
from loadstone.measure.load.histogram import summary


def quantities(result: LoadResult) -> dict[str, float]:
    """`latency.*` (s, of right answers, absent when there is none) and `load.*`.

    `load.late_p99` is absent for a generator that cannot tell how late it sent.
    """
    latency = {f"latency.{name}": value for name, value in summary(result.latency).items()}
    load: dict[str, float] = {
        "load.asked_rate": result.asked_rate,
        "load.achieved_rate": result.achieved_rate,
        "load.requests": result.requests,
        "load.errors": sum(result.errors.values()),
        "load.wrong": result.wrong,
        "load.dropped": result.dropped,
        "load.connect_errors": result.connect_errors,
        "load.reconnects": result.reconnects,
        "load.connected": result.connected,
        "load.unasked": result.unasked,
        "load.generator_cpu": result.cpu_share,
    }
    late = summary(result.lateness)
    if late:
        load["load.late_p99"] = late["p99"]
    return latency | load
