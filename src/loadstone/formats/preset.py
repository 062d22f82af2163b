"""A preset file: series that many programs show alike, and the metrics that are made of them."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from loadstone.formats.fields import Spec
from loadstone.formats.process import Scraped
from loadstone.formats.scenario import ScenarioMetric
from loadstone.formats.workload import Name


class Preset(Spec, frozen=True, kw_only=True):
    """A file of `presets/`.

    A component that names it has `scrape` and `promql` as if they stood in its own file, and a
    scenario that has no metrics of its own, or says `presets: true`, has `metrics`.
    """

    preset: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]*$")]
    about: str
    scrape: dict[str, Scraped]
    promql: dict[Name, str] = {}
    metrics: dict[str, ScenarioMetric]
