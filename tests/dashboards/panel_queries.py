"""The PromQL of a metric of a preset: what is measured once a run, as a line over time.

A growth over the window becomes a rate, a largest or last value the value itself, and quantiles and
means are those of the time between two points.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from loadstone.formats import Preset, ScenarioMetric, scraped
from loadstone.measure.probes.selector import Selector
from loadstone.plan import catalogue

CHOSEN = 'namespace=~"$namespace",instance=~"$instance"'
EVERY = "$__rate_interval"
QUANTILES: Mapping[str, float] = {"p50": 0.5, "p90": 0.9, "p99": 0.99}
MOMENTS = frozenset({"last_reload"})  # a point in time is no line
# What Loadstone measures from outside, as the program says it of itself.
OUTSIDE: Mapping[str, tuple[str, str]] = {
    "process.cpu_seconds": ("process_cpu_seconds_total", "delta"),
    "process.anon_peak": ("process_resident_memory_bytes", "max"),
    "allocations.objects": ("go_memstats_mallocs_total", "delta"),
    "allocations.bytes": ("go_memstats_alloc_bytes_total", "delta"),
}


@dataclass(frozen=True, kw_only=True)
class PanelQuery:
    """A line of a panel. `series`: what it is of, by which lines come into one panel."""

    series: str
    expr: str
    part: str  # delta, end, max, mean, p99 …, or query
    metric: ScenarioMetric


def queries(preset: Preset) -> Iterator[PanelQuery]:
    """A line for each metric of a preset; of slopes there is none, since they are seen."""
    for name, metric in preset.metrics.items():
        source = metric.source
        if name in MOMENTS:
            continue
        if (asked := catalogue.query(source)) is not None:
            text = preset.promql[asked].replace("${target}", CHOSEN).replace("${window}", EVERY)
            yield PanelQuery(series=source, expr=text, part="query", metric=metric)
        elif source in OUTSIDE:
            series, part = OUTSIDE[source]
            expr = _expr(Selector.parse(series), {}, part, metric)
            yield PanelQuery(series=source, expr=expr, part=part, metric=metric)
        elif source.startswith("scrape."):
            yield from _of_page(preset, metric)


def _of_page(preset: Preset, metric: ScenarioMetric) -> Iterator[PanelQuery]:
    alias, *values, part = metric.source.removeprefix("scrape.").split(".")
    if part == "slope":
        return
    entry = preset.scrape[alias]
    grouped = dict(zip(scraped(entry).sum_by, values, strict=bool(values)))
    expr = _expr(Selector.of(entry), grouped, part, metric)
    yield PanelQuery(series=".".join([alias, *values]), expr=expr, part=part, metric=metric)


def _expr(selector: Selector, grouped: Mapping[str, str], part: str, metric: ScenarioMetric) -> str:
    labels = [f'{name}="{value}"' for name, value in {**selector.labels, **grouped}.items()]
    matchers = ",".join([*labels, CHOSEN])

    def rate(suffix: str = "", by: str = "instance") -> str:
        return f"sum by ({by}) (rate({selector.name}{suffix}{{{matchers}}}[{EVERY}]))"

    if part in ("end", "max"):
        found = f"sum by (instance) ({selector.name}{{{matchers}}})"
    elif part == "delta":
        found = rate()
    elif part == "count":
        found = rate("_count")
    elif part == "mean":
        found = f"{rate('_sum')} / {rate('_count')}"
    else:
        found = f"histogram_quantile({QUANTILES[part]}, {rate('_bucket', 'instance, le')})"
    return found if metric.times == 1.0 else f"{metric.times:g} * ({found})"
