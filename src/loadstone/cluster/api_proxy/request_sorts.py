"""Sorts of requests, as accounts tell them apart and dials match them. Pure.

The same as those of the embedded server. What is no resource is known by its path; of a resource
that the API server does not know, that is only seen from its answer.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qs, unquote

LONGEST_PATH = 100  # characters of a path in accounts
_WRITES = {"POST": "create", "PUT": "update", "PATCH": "patch"}
_ASIDE = ("/healthz", "/livez", "/readyz", "/loadstone/")  # neither counted nor dialled
_UNKNOWN = (b"404 page not found", b"could not find the requested resource")


class RequestSort(NamedTuple):
    """The sort of a request: `resource` is a plural with its subresource, or a path."""

    verb: str
    group: str
    resource: str
    known: bool  # a resource of the API, and no path

    @property
    def aside(self) -> bool:
        """Whether it is for health or metrics, which are neither counted nor dialled."""
        path = self.resource
        return not self.known and (path.startswith(_ASIDE) or path == "/metrics")


@lru_cache(maxsize=8192)
def sort_of(method: str, target: str) -> RequestSort:
    """The sort of a request to a path with a query."""
    path, _, query = target.partition("?")
    parts = [unquote(part) for part in path.strip("/").split("/")]
    group = ""
    if len(parts) > 2 and parts[:2] == ["api", "v1"]:
        rest = parts[2:]
    elif len(parts) > 3 and parts[0] == "apis":
        group, rest = parts[1], parts[3:]
    else:
        return by_path(method, target)
    old_watch = rest[0] == "watch"
    rest = rest[1:] if old_watch else rest
    # `/namespaces/a/status` is of the namespace itself, `/namespaces/a/pods` of what it holds
    if len(rest) > 2 and rest[0] == "namespaces" and rest[2] not in ("status", "finalize"):
        rest = rest[2:]
    if not rest or "" in rest[:2]:
        return by_path(method, target)
    plural, name, subresource = [*rest, "", ""][:3]
    verb = _verb(method, name, watch=old_watch or _watches(query))
    if not verb:
        return by_path(method, target)
    resource = f"{plural}/{subresource}" if subresource else plural
    return RequestSort(verb=verb, group=group, resource=resource, known=True)


def by_path(method: str, target: str) -> RequestSort:
    """The sort of a request that is for no resource."""
    path = target.partition("?")[0]
    return RequestSort(verb=method.lower(), group="", resource=path[:LONGEST_PATH], known=False)


def is_of_no_resource(status: int, body: bytes) -> bool:
    """Whether an answer says that there is no such resource, rather than no such object."""
    return status == 404 and any(words in body for words in _UNKNOWN)


def _verb(method: str, name: str, *, watch: bool) -> str:
    if method in ("GET", "HEAD"):
        if watch:
            return "watch"
        return "get" if name else "list"
    if method == "DELETE":
        return "delete" if name else "deletecollection"
    return _WRITES.get(method, "") if name or method == "POST" else ""


def _watches(query: str) -> bool:
    if "watch" not in query:
        return False
    value = parse_qs(query, keep_blank_values=True).get("watch", ["false"])[0]
    return value.lower() not in ("0", "false")
