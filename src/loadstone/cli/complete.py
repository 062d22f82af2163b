"""Completion for a shell: names of scenarios, components, tiers, cases and metrics.

Completion must never fail nor say a word of its own: where a file is wrong, nothing is offered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

Offer = Callable[[click.Context], Iterable[str]]
Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]

TIERS = ("quick", "pr", "release")  # of the shipped scenarios


def offering(offer: Offer, *, files: bool = False) -> Complete:
    """A completion that offers names; with `files`, paths too once something like one is typed."""

    def complete(
        context: click.Context, _parameter: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        if files and incomplete.startswith((".", "/", "~")):
            return [CompletionItem(incomplete, type="file")]
        try:
            names = list(dict.fromkeys(offer(context)))
        except Exception:  # whatever is wrong is said when the command runs
            return []
        return [CompletionItem(name) for name in names if name.startswith(incomplete)]

    return complete


def _scenarios(context: click.Context) -> Iterable[str]:
    from loadstone.flows.files import known

    return known("scenario", _config(context))


def _components(context: click.Context) -> Iterable[str]:
    from loadstone.flows.files import known

    return known("component", _config(context))


def _tiers(context: click.Context) -> Iterable[str]:
    """Those of the scenarios that were named, or else the usual ones."""

    found = [tier for scenario in _asked(context) for tier in scenario.tiers]
    return found or TIERS


def _cases(context: click.Context) -> Iterator[str]:
    from loadstone.plan.matrix import cases

    tier = _said(context, "tier") or "quick"
    for scenario in _asked(context):
        yield from (planned.case.name for planned in cases(scenario, tier))


def _saved_cases(context: click.Context) -> Iterator[str]:
    record = _saved(context)
    yield from (planned.case.name for planned in record.plan.cases)
    yield "suite"


def _saved_metrics(context: click.Context) -> Iterator[str]:
    """Of the case that was named before, or of all."""
    wanted = context.params.get("case") or ""
    for planned in _saved(context).plan.cases:
        if wanted in ("suite", "") or wanted in planned.case.name:
            yield from (metric.name for metric in planned.metrics)


def _providers(_context: click.Context) -> Iterable[str]:
    from loadstone.cluster.provider import PROVIDERS

    return PROVIDERS


def _generators(_context: click.Context) -> Iterable[str]:
    from loadstone.measure.load.table import GENERATORS

    return GENERATORS


def _asked(context: click.Context) -> list[Any]:
    from loadstone.flows.files import scenario_sources
    from loadstone.plan.scenarios import parse_scenario

    said = _said(context, "scenarios") or _said(context, "scenario") or []
    names = [said] if isinstance(said, str) else said
    sources = scenario_sources(names, _config(context))
    return [parse_scenario(source.text, source.name) for source in sources]


def _saved(context: click.Context) -> Any:
    from loadstone.flows import output_directory

    return output_directory.load(Path(_said(context, "saved") or "out"))


def _said(context: click.Context, name: str) -> Any:
    """What was typed, or what the configuration file says."""
    return context.params.get(name) or (context.default_map or {}).get(name)


def _config(context: click.Context) -> Any:
    from loadstone.flows.settings import read_config

    return read_config(context.params.get("config_file"))


scenarios = offering(_scenarios, files=True)
components = offering(_components, files=True)
tiers = offering(_tiers)
cases = offering(_cases)
saved_cases = offering(_saved_cases)
saved_metrics = offering(_saved_metrics)
providers = offering(_providers)
generators = offering(_generators)
