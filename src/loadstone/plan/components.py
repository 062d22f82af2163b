"""Component files, read and checked."""

from __future__ import annotations

import re
from collections.abc import Iterator

import jinja2
import jinja2.meta
import msgspec

from loadstone.errors import Problem
from loadstone.formats import Component, exposition
from loadstone.formats.decode import decode
from loadstone.formats.schema_problems import did_you_mean
from loadstone.formats.yaml_text import Document
from loadstone.plan.bind import placeholders

# What the measuring side replaces in a component's strings, beside its ports.
NAMES = ("executable", "api", "kubeconfig", "dir")
_PORT = re.compile(r"[a-z][a-z0-9_]*")


def parse_component(text: str, filename: str) -> Component:
    """The component of a YAML text, in base units. Raises `InvalidFile` with all its problems.

    `filename` is what problems name as the place.
    """
    return decode(text, filename, Component, checks=_checks)


def _checks(component: Component, document: Document) -> Iterator[Problem]:
    yield from _revisions(component, document)
    yield from _ports(component, document)
    yield from _unknown_placeholders(component, document)
    yield from _urls(component, document)
    yield from _scrape(component, document)
    yield from _push(component, document)


def _revisions(component: Component, document: Document) -> Iterator[Problem]:
    revisions = component.revisions
    if not (revisions.package or revisions.build or revisions.image):
        where = document.where(("revisions",), key=True)
        yield Problem(where=where, what="no way to get a revision", hint="package, build or image")
    image = revisions.image
    if image and "${revision}" not in image.reference:
        where = document.where(("revisions", "image", "reference"))
        yield Problem(where=where, what="every revision would be the same image",
                      hint="put `${revision}` into the reference")  # fmt: skip


def _ports(component: Component, document: Document) -> Iterator[Problem]:
    for index, port in enumerate(component.ports):
        where = document.where(("ports", index))
        if port in component.ports[:index]:
            yield Problem(where=where, what=f"the port `{port}` is listed twice")
        elif port in (*NAMES, "routes") or not _PORT.fullmatch(port):
            hint = f"small letters, digits and _, and none of {', '.join(NAMES)}, routes"
            yield Problem(where=where, what=f"`{port}` is no name for a port", hint=hint)


def _unknown_placeholders(component: Component, document: Document) -> Iterator[Problem]:
    known = {*NAMES, *component.ports}
    for path, name in placeholders(msgspec.to_builtins(component)):
        if path[0] in ("about", "revisions", "scrape") or path == ("push", "template"):
            continue
        if name not in known:
            hint = did_you_mean(name, known)
            where = document.where(path)
            yield Problem(where=where, what=f"`${{{name}}}` has no value", hint=hint)


def _urls(component: Component, document: Document) -> Iterator[Problem]:
    urls = {
        ("ready", "url"): component.ready.url,
        ("metrics",): component.metrics,
        ("pprof",): component.pprof,
        ("push", "url"): component.push.url if component.push else "",
    }
    for path, url in urls.items():
        if url and not url.startswith(("http://", "https://")):
            hint = "http://${port_name}/…"
            yield Problem(where=document.where(path), what=f"`{url}` is no URL", hint=hint)


def _scrape(component: Component, document: Document) -> Iterator[Problem]:
    if component.scrape and not component.metrics:
        where = document.where(("scrape",), key=True)
        yield Problem(where=where, what="there is no page to scrape", hint="set `metrics`")
    for alias, series in component.scrape.items():
        if not _PORT.fullmatch(alias):
            where = document.where(("scrape", alias), key=True)
            hint = "small letters, digits and _"
            yield Problem(where=where, what=f"`{alias}` is no name for an alias", hint=hint)
        if not _is_series(series):
            where = document.where(("scrape", alias))
            hint = 'name, name{label="value"} or {"odd.name",label="value"}'
            yield Problem(where=where, what=f"`{series}` is no series", hint=hint)


def _is_series(text: str) -> bool:
    try:
        exposition.series(text)
    except exposition.NotASample:
        return False
    return True


def _push(component: Component, document: Document) -> Iterator[Problem]:
    if component.push is None:
        return
    where = document.where(("push", "template"))
    environment = jinja2.Environment()  # noqa: S701 (it renders configuration, not HTML)
    try:
        names = jinja2.meta.find_undeclared_variables(environment.parse(component.push.template))
    except jinja2.TemplateSyntaxError as error:
        what = f"the template is no Jinja2: {error.message}, in its line {error.lineno}"
        yield Problem(where=where, what=what)
        return
    known = {"routes", *component.ports}
    for name in sorted(names - known):
        what = f"the template uses `{name}`, which has no value"
        yield Problem(where=where, what=what, hint=did_you_mean(name, known))
