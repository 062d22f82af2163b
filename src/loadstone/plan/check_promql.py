"""Semantic checks of `promql`, in components and in presets, and of the server that is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from loadstone.errors import Problem
from loadstone.formats import Component
from loadstone.formats.promql_text import NAMES, selectors
from loadstone.formats.yaml_text import Document
from loadstone.plan import check_processes
from loadstone.plan.bind import bind

TARGET = "target"
# What a query of a preset may name: it knows no ports.
IN_PRESETS = frozenset({*NAMES, "namespace"})
_LIKE: Mapping[str, str] = {TARGET: 'instance="x"'}  # in place of values that are not known yet


def of_component(component: Component, document: Document) -> Iterator[Problem]:
    """An address that is none, and queries with names that have no value, or that ask no series."""
    known = {*check_processes.NAMES, *check_processes.ports(component), *component.settings}
    path = ("prometheus",)
    if component.prometheus:
        if not component.prometheus.startswith("${api}/"):
            yield from check_processes.no_url(component.prometheus, path, document)
        yield from check_processes.unknown_placeholders(component.prometheus, path, known, document)
    yield from of_queries(component.promql, known | {*NAMES}, document)
    main = component.started().get(component.main())
    if main is not None and main.metrics:
        return
    for alias, query in component.promql.items():
        if f"${{{TARGET}}}" in query:
            where = document.where(("promql", alias))
            what = f"`${{{TARGET}}}` is where the component shows its metrics, and it has no page"
            yield Problem(where=where, what=what, hint="set `metrics`, or write the labels")


def of_queries(
    queries: Mapping[str, str], known: set[str] | frozenset[str], document: Document
) -> Iterator[Problem]:
    """Queries with names that have no value, or that ask for no series. `known`: the names."""
    for alias, query in queries.items():
        path = ("promql", alias)
        yield from check_processes.unknown_placeholders(query, path, {*known}, document)
        if not selectors(str(bind(query, {name: _LIKE.get(name, "1s") for name in known}))):
            what = f"the query `{alias}` asks for no series"
            yield Problem(where=document.where(path), what=what)
