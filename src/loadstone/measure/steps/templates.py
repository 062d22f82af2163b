"""Templates of a workload: the objects of their copies, and the routes they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from loadstone import formats
from loadstone.errors import InvalidFile, Problem
from loadstone.formats.fill import fill, fill_text
from loadstone.measure.http.route import Route


@dataclass(frozen=True, kw_only=True)
class Backend:
    """A server of the upstream: its name (a DNS label, sent in `x-upstream`) and its address."""

    name: str
    host: str
    port: int


@dataclass(frozen=True, kw_only=True)
class Copy:
    """One copy of a template: its number from 0, and its version from 1."""

    template: str
    i: int
    version: int = 1

    def changed(self) -> Copy:
        """The same copy after one more change."""
        return replace(self, version=self.version + 1)


@dataclass(frozen=True, kw_only=True)
class Renderer:
    """A renderer of templates: copies in, Kubernetes objects and routes out."""

    templates: Mapping[str, formats.Template]
    backends: Sequence[Backend]
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

    def _names(self, copy: Copy, body: int) -> dict[str, str | int]:
        backend = self.backend(copy)
        return {
            "i": copy.i,
            "version": copy.version,
            "backend": backend.name,
            "backend_host": backend.host,
            "backend_port": backend.port,
            "body": body,
        }
