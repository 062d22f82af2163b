"""The catalogue of what a run can measure: each quantity's name, base unit and what gives it.

A scenario's metrics draw on these names; the measuring side produces them under the same names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from loadstone.formats.quantities import ALWAYS, MeasuredQuantity, group
from loadstone.formats.steps import KINDS, request
from loadstone.model import reasons

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
        "instructions": ("1", "instructions that were retired in user space"),
        "cycles": ("1", "cycles of the processor in user space"),
        "syscalls": ("1", "system calls"),
        "context_switches": ("1", "times that a thread gave way to another"),
        "restarts": ("1", "times the component had to be started again"),
        "start_seconds": ("s", "from start to ready"),
        "lifetime_cpu_seconds": ("s", "CPU time of the component since its start"),
    }),
    **group("allocations", ALWAYS, {
        "objects": ("1", "objects that the runtime allocated on the heap"),
        "bytes": ("By", "bytes that it allocated there, whether or not they were given back"),
        "own_objects": ("1", "objects that our reading of its pages made it allocate: taken off"),
        "own_bytes": ("By", "bytes of these: taken off"),
    }),
    **group("upstream", ALWAYS, {
        "cpu_seconds": ("s", "CPU time of the web server behind the component in the window"),
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

# `scrape.<alias>.<part>`: what is made of a series of the component's own metrics page, and with
# label values between them, of an alias that is summed by labels.
PARTS: Mapping[str, str] = {
    "delta": "growth over what is measured, of a counter",
    "end": "last value",
    "max": "largest value seen",
    "slope": "growth per second in the window",
    "count": "observations over what is measured, of a histogram or summary",
    "mean": "mean of these",
    "p50": "median of these, of a histogram",
    "p90": "their p90, of a histogram",
    "p99": "their p99, of a histogram",
}
# Quantities that a component gives whose file names a counter by this alias.
_COUNTED_BY: Mapping[str, str] = {
    "allocations.objects": "allocations",
    "allocations.own_objects": "allocations",
    "allocations.bytes": "allocated_bytes",
    "allocations.own_bytes": "allocated_bytes",
}
# `promql.<alias>`: the answer to a query of the component's file.
_QUERY = re.compile(r"promql\.([a-z][a-z0-9_]*)")
_SCRAPE = re.compile(r"scrape\.([a-z][a-z0-9_]*)((?:\.[A-Za-z0-9_-]+)*)\.([a-z0-9]+)")
# A resource is a plural with its subresource; an agent is what a User-Agent begins with.
_REQUESTS = re.compile(
    rf"api\.requests\.(?:(?P<verb>{'|'.join(VERBS)})(?:\.(?P<resource>[a-z][a-z0-9-]*(?:/[a-z]+)?))?"
    r"|by_agent\.(?P<agent>[A-Za-z0-9][\w.-]*))"
)
# Histograms that are also given by expectation.
_STAGED = frozenset(name for kind in KINDS for name in kind.expectations)
_SAMPLED = frozenset({"process.cpu_seconds"})  # of a container whose node says it now and then
_STAGE = re.compile(r"([a-z_]+)\.([a-z][a-z0-9_]*)\.(p50|p90|p99|max)")


def known(name: str) -> MeasuredQuantity | None:
    """The quantity of that name, None where there is none. The unit of a scraped one is ""."""
    name = of_all(name)
    if name not in CATALOGUE and alias(name) is not None:
        return MeasuredQuantity(unit="", step=ALWAYS, about=PARTS[name.rsplit(".", 1)[1]])
    if query(name) is not None:
        about = "the answer of a Prometheus to a query of the component's file"
        return MeasuredQuantity(unit="", step=ALWAYS, about=about)
    if (of_api := _requests(name)) is not None:
        return of_api
    if (of_stage := _STAGE.fullmatch(name)) and of_stage[1] in _STAGED:
        whole = CATALOGUE[f"{of_stage[1]}.{of_stage[3]}"]
        about = f"{whole.about}, of the expectation {of_stage[2]}"
        return MeasuredQuantity(unit=whole.unit, step=whole.step, about=about)
    return CATALOGUE.get(name) or request.known(name)


def _requests(name: str) -> MeasuredQuantity | None:
    """The quantity of the component's requests of one verb, of one resource, or by one agent."""
    match = _REQUESTS.fullmatch(name)
    if match is None:
        return None
    of = f" for {match['resource']}" if match["resource"] else ""
    about = f"requests by {match['agent']}" if match["agent"] else f"{match['verb']} requests{of}"
    return MeasuredQuantity(unit="1", step=ALWAYS, about=f"{about} of the component")


def alias(name: str) -> str | None:
    """The alias of a component file that a quantity is taken from, None for every other one."""
    name = of_all(name)
    if name in _COUNTED_BY:
        return _COUNTED_BY[name]
    match = _SCRAPE.fullmatch(name)
    return match[1] if match and match[3] in PARTS else None


def query(name: str) -> str | None:
    """The alias of the query that a quantity is the answer to, None for every other one."""
    match = _QUERY.fullmatch(name)
    return match[1] if match else None


def labels(name: str) -> int:
    """The number of label values in the name of a scraped quantity."""
    match = _SCRAPE.fullmatch(of_all(name))
    return match[2].count(".") if match and match[3] in PARTS else 0


def resolution(name: str) -> str:
    """The quantity that says how finely another one is known, "" where none does."""
    match = _SCRAPE.fullmatch(of_all(name))
    in_buckets = match is not None and match[3] in ("p50", "p90", "p99")
    return f"{name}.resolution" if in_buckets or name in _SAMPLED else ""


def process(name: str) -> str:
    """The process that a quantity is of, "" where it is of the whole component."""
    return _split(name)[0]


def of_all(name: str) -> str:
    """The quantity of the whole component that one of a process is a part of."""
    return _split(name)[1]


def _split(name: str) -> tuple[str, str]:
    whole = reasons.whole(name)
    if whole != name and (whole in CATALOGUE or _SCRAPE.fullmatch(whole)):
        return name.split(".")[1], whole
    return "", name


def names() -> Iterable[str]:
    """The names to suggest for a misspelt one."""
    yield from CATALOGUE
    yield from (f"api.requests.{verb}" for verb in VERBS)
    yield from (f"api.requests.{verb}.pods" for verb in VERBS)
    yield from (f"scrape.<alias>.{part}" for part in PARTS)
    yield "promql.<alias>"
    yield "process.<process>.cpu_seconds"
    yield from (f"request.list.cluster.{part}" for part in request.PARTS)


def expectation(name: str) -> str | None:
    """The expectation of a template that a quantity is of (`reconcile.ready.p50`), else None."""
    found = _STAGE.fullmatch(name)
    return found[2] if found and found[1] in _STAGED else None


_QUANTILE = re.compile(
    r"(?:latency|propagation|reconcile|cold_start|delete|scale|upgrade|delivery|write|replay|request)"
    r"(?:\.[a-z][a-z0-9_]*){0,2}\.p(\d{2,})"
)


def quantile(name: str) -> float | None:
    """The share below the percentile that a quantity is (`latency.p999`: 0.999), else None."""
    match = _QUANTILE.fullmatch(name)
    return int(match[1]) / 10 ** len(match[1]) if match else None
