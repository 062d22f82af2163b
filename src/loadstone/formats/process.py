"""A process of a component: how it is started, and where its measuring points are."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from loadstone.formats.fields import ProfileKind, Seconds, Spec
from loadstone.formats.revisions import Revisions


class Ready(Spec, frozen=True, kw_only=True):
    """The check by which a started process counts as ready."""

    url: str
    status: int = 200
    timeout: Seconds = 30.0


class ScrapedSeries(Spec, frozen=True, kw_only=True):
    """A series of a metrics page, or the family of a histogram or summary, and how it is added up.

    `sum_by`: labels whose values become a part of the quantity's name. `native`: the page is asked
    for as protobuf, in which alone native histograms are shown. `absent: 0`: a counter that is not
    there has counted nothing, where the page shows others of its name with the same labels.
    """

    series: str
    sum_by: list[str] = []
    native: bool = False
    absent: Literal[0] | None = None


Scraped = str | ScrapedSeries
"""An entry of `scrape`: a text is the series alone."""


def scraped(entry: Scraped) -> ScrapedSeries:
    """The entry in its long form."""
    return ScrapedSeries(series=entry) if isinstance(entry, str) else entry


class Profiler(Spec, frozen=True, kw_only=True):
    """A program that profiles a running component, where it serves no profiles itself.

    In `command` these are replaced beside the component's own names: `${pid}` of the process,
    `${seconds}` that it may take, and `${output}`, the file that it leaves; without that, what it
    prints is the profile: pprof, collapsed stacks, speedscope, `perf script`, or V8's form.
    """

    command: Annotated[list[str], Meta(min_length=1)]


class ProcessFields(Spec, frozen=True, kw_only=True):
    """The fields that a component file of one process and an entry of `processes` share."""

    ports: list[str] = []
    env: dict[str, str] = {}
    files: dict[str, str] = {}  # name in `${dir}` → content, written before the start
    metrics: str = ""  # URL of a Prometheus page
    presets: list[str] = []  # files of `presets/`: more of `scrape`, and metrics for it
    scrape: dict[str, Scraped] = {}  # quantity alias → a series, as `name{label="value"}`
    pprof: str = ""  # URL of the /debug/pprof directory
    profilers: dict[ProfileKind, Profiler] = {}  # kind → what takes it, instead of `pprof`
    expvar: str = ""  # URL of Go's /debug/vars page
    collect: str = ""  # URL: it answers 200 when garbage has been collected; Go needs none
    version: list[str] = []  # command that prints the program's version
    stop_timeout: Seconds = 5.0


class Process(ProcessFields, frozen=True, kw_only=True):
    """One of several processes of a component.

    With `revisions` of its own it runs that program at `revision`: a fixed one, or `${revision}`,
    the one that is compared. Without, it runs the program of the component.
    """

    command: list[str]
    ready: Ready
    revisions: Revisions | None = None
    revision: str = ""
