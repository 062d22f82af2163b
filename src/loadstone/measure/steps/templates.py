"""Templates of a workload: the objects of their copies, and what makes a copy right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from loadstone import formats
from loadstone.errors import InvalidFile, Problem
from loadstone.formats.fill import fill, fill_text
from loadstone.measure.expectations.expected import CopyExpectation, ObjectKind
from loadstone.measure.http.route import Route


@dataclass(frozen=True, kw_only=True)
class Backend:
    """A server of the upstream: its name (a DNS label, sent in `x-upstream`) and its address."""

    name: str
    host: str
    port: int


@dataclass(frozen=True, kw_only=True)
class Copy:
    """One copy of a template: its number from 0, its version from 1, and its scale."""

    template: str
    i: int
    version: int = 1
    scale: int = 1

    def changed(self) -> Copy:
        """The same copy after one more change."""
        return replace(self, version=self.version + 1)

    def scaled(self, scale: int) -> Copy:
        """The same copy at another scale."""
        return replace(self, scale=scale)


@dataclass(frozen=True, kw_only=True)
class Renderer:
    """A renderer of templates: copies in; Kubernetes objects, routes and expectations out."""

    templates: Mapping[str, formats.Template]
    backends: Sequence[Backend]  # none where no template names one
    body: int  # By that checks ask for where the caller names no other size

    def backend(self, copy: Copy) -> Backend:
        return self.backends[copy.i % len(self.backends)]

    def objects(self, copy: Copy) -> list[dict[str, Any]]:
        """The Kubernetes objects of a copy, in the order of the template."""
        rendered: list[dict[str, Any]] = fill(
            self.templates[copy.template].objects, self._names(copy, self.body)
        )
        return rendered

    def route(self, copy: Copy, *, body: int | None = None) -> Route:
        """The route of a copy. Raises `InvalidFile` when its template has no check."""
        check = self.templates[copy.template].check
        if check is None:
            where = f"workload.templates.{copy.template}"
            raise InvalidFile([Problem(where=where, what="a step asks for its check; it has none")])
        names = self._names(copy, self.body if body is None else body)
        return Route(
            host=fill_text(check.host, names),
            path=fill_text(check.path, names),
            status=check.status,
            headers={name: fill_text(value, names) for name, value in check.headers.items()},
        )

    def expected(self, copy: Copy) -> list[CopyExpectation]:
        """What has to hold of objects before a copy is right; nothing where nothing is said."""
        names, things = self._names(copy, self.body), self.objects(copy)
        return [
            _expected(name, each, names, things)
            for name, each in self.templates[copy.template].right.items()
        ]

    def absent(self, copy: Copy) -> list[CopyExpectation]:
        """What has to hold before a copy is gone: no object of its own, nor one that it led to."""
        own = [_own("gone", each) for each in self.objects(copy)]
        led_to = [each for each in self.expected(copy) if not each.own and not each.dial]
        return [
            replace(each, name="gone", word="delete", fields={}, cel="") for each in (*own, *led_to)
        ]

    def _names(self, copy: Copy, body: int) -> dict[str, str | int]:
        names: dict[str, str | int] = {"i": copy.i, "version": copy.version, "scale": copy.scale}
        names["body"] = body
        if self.backends:
            backend = self.backend(copy)
            names["backend"] = backend.name
            names["backend_host"] = backend.host
            names["backend_port"] = backend.port
        return names


def _own(name: str, thing: Mapping[str, Any]) -> CopyExpectation:
    meta = thing.get("metadata") or {}
    return CopyExpectation(
        name=name,
        kind=ObjectKind(thing["apiVersion"], thing["kind"]),
        namespace=meta.get("namespace", "default"),
        object=str(meta.get("name", "")),
        own=True,
    )


def _expected(
    name: str,
    written: formats.Expectation,
    names: Mapping[str, str | int],
    things: Sequence[Mapping[str, Any]],
) -> CopyExpectation:
    first = _own(name, things[0])
    about = first
    if written.kind:
        about = CopyExpectation(
            name=name,
            kind=ObjectKind(written.api_version, written.kind),
            namespace=fill_text(written.namespace, names) or first.namespace,
            object=fill_text(written.name, names),
            labels={key: fill_text(value, names) for key, value in written.labels.items()},
        )
    own = [_own(name, each) for each in things]
    mine = any((each.kind, each.object) == (about.kind, about.object) for each in own)
    return replace(
        about,
        own=mine,
        count=int(fill(written.count, names)),
        word=fill_text(written.wait, names),
        fields={path: fill(value, names) for path, value in written.fields.items()},
        cel=fill_text(written.cel, names),
        dial=fill_text(written.dial, names),
        status=written.status,
        headers={each: fill_text(value, names) for each, value in written.headers.items()},
        dialled_from=written.dialled_from,
    )
