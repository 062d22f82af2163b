"""The rights that a session needs in a cluster that is there already, and which it has not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from loadstone.cluster.cluster_api import ClusterApi, api_root, at_once

_REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
_OF_NAMESPACES = ("create", "delete", "get", "list", "patch")
_OF_OBJECTS = ("create", "delete", "get", "patch")


@dataclass(frozen=True, kw_only=True)
class Right:
    """The right to do something to a resource, in all namespaces, and whether we have it."""

    verb: str
    group: str
    resource: str
    granted: bool = False

    def __str__(self) -> str:
        return f"{self.verb} {self.resource}" + (f".{self.group}" if self.group else "")


def needed(api: ClusterApi, kinds: Iterable[tuple[str, str]]) -> list[Right]:
    """The rights for namespaces of our own, and for objects of these (API version, kind)."""
    spaces = [Right(verb=verb, group="", resource="namespaces") for verb in _OF_NAMESPACES]
    resources = sorted({found for each in kinds if (found := _resource(api, *each))})
    return spaces + [
        Right(verb=verb, group=group, resource=plural)
        for group, plural in resources
        for verb in _OF_OBJECTS
        if (group, plural) != ("", "namespaces")
    ]


def asked(api: ClusterApi, rights: Sequence[Right]) -> list[Right]:
    """The same, as the API server says whether we have them."""
    return at_once(lambda right: replace(right, granted=_granted(api, right)), rights)


def _granted(api: ClusterApi, right: Right) -> bool:
    wanted = {"verb": right.verb, "group": right.group, "resource": right.resource}
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": wanted},
    }
    return bool(api.done("POST", _REVIEWS, review).get("status", {}).get("allowed"))


def _resource(api: ClusterApi, version: str, kind: str) -> tuple[str, str] | None:
    """The group and plural of a kind, where the server has it."""
    group, _, bare = version.rpartition("/")
    for entry in api.ask("GET", api_root(group, bare)).body.get("resources", ()):
        if entry["kind"] == kind and "/" not in entry["name"]:
            return group, entry["name"]
    return None
