"""Semantic checks of what a component is given and wants shown: certificates, its own API."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from loadstone.errors import Problem
from loadstone.formats import Component
from loadstone.formats.yaml_text import Document
from loadstone.plan.check_processes import by_path, no_url, ports, unknown_placeholders

_AUTHORITY = "ca"
_ENDS = ("crt", "key")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")


def problems(component: Component, document: Document) -> Iterator[Problem]:
    """Certificates without a name of their own, an API that is none, strings without a value."""
    yield from _certificates(component, document)
    yield from _api(component, document)
    known = {"dir", *ports(component)}
    shown = {"api": component.api, "credentials": msgspec.to_builtins(component.credentials)}
    yield from unknown_placeholders(shown, (), known, document)


def _certificates(component: Component, document: Document) -> Iterator[Problem]:
    made = {f"{name}.{end}" for name in (*component.certificates, _AUTHORITY) for end in _ENDS}
    for name in component.certificates:
        where = document.where(("certificates", name), key=True)
        if name == _AUTHORITY or not _NAME.fullmatch(name):
            hint = "small letters, digits, - and ., and not ca, which is the authority's"
            yield Problem(where=where, what=f"`{name}` is no name for a certificate", hint=hint)
    if not component.certificates:
        return
    for path, process in by_path(component).items():
        for name in made & process.files.keys():
            where = document.where((*path, "files", name), key=True)
            yield Problem(where=where, what=f"`{name}` is one of the `certificates`")


def _api(component: Component, document: Document) -> Iterator[Problem]:
    if not component.api:
        return
    yield from no_url(component.api, ("api",), document)
    if component.push:
        where = document.where(("push",), key=True)
        what = "nothing is pushed to a component that is the API server"
        yield Problem(where=where, what=what, hint="leave out `push` or `api`")
