"""Calls and answers, and the table of routes that handlers enter themselves into."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.github.bodies import Bodies
from tests.fakes.github.state import Repository, State, Token


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer. `body` None: without one; bytes go out as they are."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def data(self) -> bytes:
        """The body's bytes."""
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class Refusal(Exception):
    """An answer of 400 or more, raised where it is found out."""

    def __init__(self, status: int, message: str, **more: Any) -> None:
        super().__init__(message)
        headers = more.pop("headers", {})
        body = {"message": message, "documentation_url": "https://docs.github.com/rest"} | more
        if status == 422:
            body.setdefault("errors", [])
        self.answer = Answer(status=status, body=body, headers=headers)


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request, understood."""

    verb: str
    path: str  # below the API's root
    query: Mapping[str, str]
    data: bytes
    headers: Mapping[str, str]
    state: State
    bodies: Bodies
    token: Token
    names: Mapping[str, str] = field(default_factory=dict)  # what the path's pattern caught
    found: Repository | None = None

    @property
    def json(self) -> dict[str, Any]:
        """The body, which the description has been checked to let through."""
        read = json.loads(self.data or b"{}")
        assert isinstance(read, dict)
        return read

    @property
    def repository(self) -> Repository:
        """The repository that the path names and the token may see."""
        assert self.found is not None
        return self.found

    def number(self, name: str) -> int:
        """A number of the path."""
        return int(self.names[name])


@dataclass(frozen=True, kw_only=True)
class Route:
    """A way to a handler. `scopes`: any of them is enough; `always`: of public repositories too."""

    verb: str
    pattern: re.Pattern[str]
    handler: Callable[[Call], Answer]
    scopes: tuple[str, ...]
    always: bool

    def refusal(self, call: Call) -> Refusal | None:
        """Why the token may not, None where it may."""
        level = "read" if self.verb == "GET" else "write"
        public = call.found is None or not call.found.private
        if not self.scopes or (level == "read" and public and not self.always):
            return None
        if any(call.token.may(scope, level) for scope in self.scopes):
            return None
        accepted = "; ".join(f"{scope}={level}" for scope in self.scopes)
        return Refusal(
            403,
            "Resource not accessible by integration",
            headers={"X-Accepted-GitHub-Permissions": accepted},
        )


ROUTES: list[Route] = []


def route(
    verb: str, path: str, *scopes: str, always: bool = False
) -> Callable[[Callable[[Call], Answer]], Callable[[Call], Answer]]:
    """Enter a handler for a path below the repository, or after // for one below the root."""
    whole = path[1:] if path.startswith("//") else "/repos/{owner}/{repo}" + path
    pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", whole))

    def enter(handler: Callable[[Call], Answer]) -> Callable[[Call], Answer]:
        ROUTES.append(
            Route(verb=verb, pattern=pattern, handler=handler, scopes=scopes, always=always)
        )
        return handler

    return enter


def page_of(call: Call, items: list[Any], *, under: str = "") -> Answer:
    """A page of a list, with links to its neighbours. `under`: the key that the list stands at."""
    size = max(1, min(int(call.query.get("per_page", 30)), 100))
    page = max(1, int(call.query.get("page", 1)))
    last = max(1, -(-len(items) // size))
    shown = items[(page - 1) * size : page * size]
    neighbours = {"prev": page - 1, "next": page + 1, "first": 1, "last": last}
    links = [
        f'<{call.bodies.api}{call.path}?{_with(call.query, page=number)}>; rel="{name}"'
        for name, number in neighbours.items()
        if 1 <= number <= last and number != page
    ]
    headers = {"Link": ", ".join(links)} if links else {}
    body: Any = {"total_count": len(items), under: shown} if under else shown
    return Answer(body=body, headers=headers)


def _with(query: Mapping[str, str], *, page: int) -> str:
    from urllib.parse import urlencode

    return urlencode({**query, "page": str(page)})
