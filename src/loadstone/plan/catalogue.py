"""The catalogue of what a run can measure: each quantity's name, base unit and what gives it.

A scenario's metrics draw on these names; the measuring side produces them under the same names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from loadstone.formats.quantities import ALWAYS, MeasuredQuantity, group
from loadstone.formats.steps import KINDS

CATALOGUE: Mapping[str, MeasuredQuantity] = {
    **{name: what for kind in KINDS for name, what in kind.quantities.items()},
    **group("process", ALWAYS, {
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
    **group("profile", ALWAYS, {
        "cpu_seconds": ("s", "CPU time of the component while its CPU profile was taken"),
    }),
    **group("api", ALWAYS, {
        "requests": ("1", "requests of the component to the API server, over the whole run"),
        "writes": ("1", "of these, the ones that change something"),
        "watch_events": ("1", "events that the API server sent to the component"),
        "bytes_out": ("By", "bytes that the API server sent to the component"),
    }),
    **group("window", ALWAYS, {"seconds": ("s", "how long the measured window was")}),
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


def known(name: str) -> MeasuredQuantity | None:
    """The quantity of that name, None where there is none. The unit of a scraped one is ""."""
    if alias(name) is not None:
        return MeasuredQuantity(unit="", step=ALWAYS, about=PARTS[name.rsplit(".", 1)[1]])
    head, _, verb = name.rpartition(".")
    if head == "api.requests" and verb in VERBS:
        return MeasuredQuantity(unit="1", step=ALWAYS, about=f"{verb} requests of the component")
    return CATALOGUE.get(name)


def alias(name: str) -> str | None:
    """The alias that a quantity `scrape.<alias>.<part>` asks for, None for every other one."""
    match = _SCRAPE.fullmatch(name)
    return match[1] if match and match[2] in PARTS else None


def names() -> Iterable[str]:
    """The names to suggest for a misspelt one."""
    yield from CATALOGUE
    yield from (f"api.requests.{verb}" for verb in VERBS)
    yield from (f"scrape.<alias>.{part}" for part in PARTS)


_QUANTILE = re.compile(r"(latency|propagation)\.p(\d{2,})")


def quantile(name: str) -> float | None:
    """The share below the percentile that a quantity is (`latency.p999`: 0.999), else None."""
    match = _QUANTILE.fullmatch(name)
    return int(match[2]) / 10 ** len(match[2]) if match else None
