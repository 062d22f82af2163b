"""Templates of a workload: the objects of their copies, and the routes they make."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from loadstone import formats
from loadstone.errors import InvalidFile, Problem

_NAME = re.compile(r"\$\{([a-z][a-z0-9_]*)\}")


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
class Route:
    """A request, and what a right answer to it is."""

    host: str
    path: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://{self.host}{self.path}"


def fill(value: Any, names: Mapping[str, str | int]) -> Any:
    """`value` with every `${name}` replaced, deeply.

    A string that is one `${name}` and nothing else becomes the value itself, so numbers stay
    numbers. Raises `InvalidFile` for a name that is not in `names`.
    """
    match value:
        case str():
            return _fill_text(value, names)
        case Mapping():
            return {fill(key, names): fill(item, names) for key, item in value.items()}
        case list() | tuple():
            return [fill(item, names) for item in value]
        case _:
            return value


def fill_text(text: str, names: Mapping[str, str | int]) -> str:
    """Like `fill`, for one string that stays a string."""
    return str(_fill_text(text, names))


def _fill_text(text: str, names: Mapping[str, str | int]) -> str | int:
    unknown = {name for name in _NAME.findall(text) if name not in names}
    if unknown:
        raise InvalidFile(
            [Problem(where=f'"{text}"', what=f"nothing is called ${{{name}}}") for name in unknown],
            next_step=f"the names here are: {', '.join(sorted(names))}",
        )
    whole = _NAME.fullmatch(text)
    if whole:
        return names[whole[1]]
    return _NAME.sub(lambda found: str(names[found[1]]), text)


@dataclass(frozen=True, kw_only=True)
class Renderer:
    """Templates with the upstream's addresses: everything a copy needs to become real.

    `body` is the body size (By) that checks ask for where the caller names no other.
    """

    templates: Mapping[str, formats.Template]
    backends: Sequence[Backend]
    body: int

    def backend(self, copy: Copy) -> Backend:
        return self.backends[copy.i % len(self.backends)]

    def objects(self, copy: Copy) -> list[dict[str, Any]]:
        """The Kubernetes objects of a copy, in the order of the template."""
        rendered: list[dict[str, Any]] = fill(
            self.templates[copy.template].objects, self._names(copy, self.body)
        )
        return rendered

    def route(self, copy: Copy, *, body: int | None = None) -> Route:
        """What to ask of a copy. Raises `InvalidFile` when its template has no check."""
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
