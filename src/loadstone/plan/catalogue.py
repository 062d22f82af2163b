"""The catalogue of what a run can measure: each quantity's name, base unit and what gives it.

A scenario's metrics draw on these names; the measuring side produces them under the same names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# What has to be there for a quantity to be measured: a step, or nothing in particular.
ALWAYS = ""


@dataclass(frozen=True, kw_only=True)
class CatalogueEntry:
    """A measured quantity: base unit, the step that gives it ("" for every run), and its words."""

    unit: str
    step: str
    about: str


def _quantiles(prefix: str, step: str, about: str, names: str) -> dict[str, CatalogueEntry]:
    return {
        f"{prefix}.{name}": CatalogueEntry(unit="s", step=step, about=f"{about}, {name}")
        for name in names.split()
    }


def _group(
    prefix: str, step: str, rows: Mapping[str, tuple[str, str]]
) -> dict[str, CatalogueEntry]:
    return {
        f"{prefix}.{name}": CatalogueEntry(unit=unit, step=step, about=about)
        for name, (unit, about) in rows.items()
    }


CATALOGUE: Mapping[str, CatalogueEntry] = {
    **_quantiles(
        "latency", "load", "from when a request was due to its last byte",
        "p50 p90 p99 p999 mean max",
    ),
    **_group("load", "load", {
        "asked_rate": ("1/s", "requests due per second"),
        "achieved_rate": ("1/s", "requests answered per second of the window"),
        "requests": ("1", "requests due in the window"),
        "errors": ("1", "requests without an answer: refused, reset, or timed out"),
        "wrong": ("1", "answers with the wrong status, header or size"),
        "dropped": ("1", "requests that were due and never sent"),
        "connect_errors": ("1", "connections that could not be opened"),
        "reconnects": ("1", "connections that the other side closed"),
        "unasked": ("1", "answers that no request had asked for"),
        "late_p99": ("s", "the generator's own lateness in sending, p99"),
        "generator_cpu": ("1", "share of one core that the generator used"),
    }),
    **_group("hold", "hold", {
        "asked": ("1", "idle connections asked for"),
        "open": ("1", "idle connections open at the end of the window"),
        "lost": ("1", "idle connections that the other side closed"),
        "refused": ("1", "idle connections that could not be opened"),
    }),
    **_group("await", "await", {
        "seconds": ("s", "from the first create to the moment every copy answered right"),
    }),
    **_quantiles(
        "propagation", "change", "from sending a change to the first right answer",
        "p50 p90 p99 max",
    ),
    **_group("change", "change", {
        "count": ("1", "changes that took effect"),
        "old_answered": ("1", "of these, the ones where the old version still answered then"),
    }),
    **_group("churn", "churn", {
        "asked_rate": ("1/s", "operations asked for per second"),
        "operations": ("1", "copies added or removed in the window"),
        "wrong": ("1", "operations that were not answered by in time: come, or gone (404)"),
        "seconds": ("s", "how long copies came and went"),
    }),
    **_group("process", ALWAYS, {
        "cpu_seconds": ("s", "CPU time of the component over what is measured"),
        "anon_peak": ("By", "largest resident memory that is no page of a file"),
        "anon_end": ("By", "that memory at the end"),
        "anon_slope": ("By/s", "growth of that memory in the window"),
        "rss_peak": ("By", "largest resident memory, the pages of the program's file included"),
        "rss_end": ("By", "resident memory at the end"),
        "rss_slope": ("By/s", "growth of resident memory in the window"),
        "threads": ("1", "most threads"),
        "threads_slope": ("1/s", "growth of the number of threads in the window"),
        "fds": ("1", "most open file descriptors"),
        "fds_slope": ("1/s", "growth of the number of open file descriptors in the window"),
        "restarts": ("1", "times the component had to be started again"),
        "start_seconds": ("s", "from start to ready"),
    }),
    **_group("profile", ALWAYS, {
        "cpu_seconds": ("s", "CPU time of the component while its CPU profile was taken"),
    }),
    **_group("api", ALWAYS, {
        "requests": ("1", "requests of the component to the API server, over the whole run"),
        "writes": ("1", "of these, the ones that change something"),
        "watch_events": ("1", "events that the API server sent to the component"),
        "bytes_out": ("By", "bytes that the API server sent to the component"),
    }),
    **_group("upstream", "load", {
        "headroom": ("1", "rate that the upstream can serve over the rate asked for"),
    }),
    **_group("generator", "load", {
        "headroom": ("1", "rate that the generator can send over the rate asked for"),
    }),
    **_group("window", ALWAYS, {"seconds": ("s", "how long the measured window was")}),
}  # fmt: skip

VERBS = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")

# `scrape.<alias>.<part>`: what is made of a series of the component's own metrics page.
PARTS: Mapping[str, str] = {
    "delta": "growth over what is measured, of a counter",
    "end": "last value",
    "max": "largest value seen",
    "slope": "growth per second in the window",
}
_SCRAPE = re.compile(r"scrape\.([a-z][a-z0-9_]*)\.([a-z]+)")


def known(name: str) -> CatalogueEntry | None:
    """What a quantity is, or None: no such quantity. The unit of a scraped one is ""."""
    if alias(name) is not None:
        return CatalogueEntry(unit="", step=ALWAYS, about=PARTS[name.rsplit(".", 1)[1]])
    head, _, verb = name.rpartition(".")
    if head == "api.requests" and verb in VERBS:
        return CatalogueEntry(unit="1", step=ALWAYS, about=f"{verb} requests of the component")
    return CATALOGUE.get(name)


def alias(name: str) -> str | None:
    """The alias that a quantity `scrape.<alias>.<part>` asks for, None for every other one."""
    match = _SCRAPE.fullmatch(name)
    return match[1] if match and match[2] in PARTS else None


def names() -> Iterable[str]:
    """Every name to suggest for a misspelt one."""
    yield from CATALOGUE
    yield from (f"api.requests.{verb}" for verb in VERBS)
    yield from (f"scrape.<alias>.{part}" for part in PARTS)


_QUANTILE = re.compile(r"(latency|propagation)\.p(\d{2,})")


def quantile(name: str) -> float | None:
    """The share below the percentile that a quantity is (`latency.p999`: 0.999), else None."""
    match = _QUANTILE.fullmatch(name)
    return int(match[2]) / 10 ** len(match[2]) if match else None
