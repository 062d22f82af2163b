"""The rights that a session needs in a cluster that is there already, and which it has not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from loadstone.cluster.cluster_api import ClusterApi, api_root, at_once

_REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
_OF_NAMESPACES = ("create", "delete", "get", "list", "patch")
_OF_OBJECTS = ("create", "delete", "get", "patch")
_OF_WIDE_OBJECTS = (*_OF_OBJECTS, "list")  # no namespace goes with them: they are looked for


@dataclass(frozen=True, kw_only=True)
class Right:
    """The right to do something to a resource, in all namespaces, and whether we have it.

    `use`: what a session does without where it has it not; "" of one that it needs.
    """

    verb: str
    group: str
    resource: str  # with a subresource as `pods/log`
    use: str = ""
    granted: bool = False

    @property
    def lacking(self) -> bool:
        """Whether nothing can be measured for want of it."""
        return not (self.granted or self.use)

    def __str__(self) -> str:
        return f"{self.verb} {self.resource}" + (f".{self.group}" if self.group else "")


def needed(
    api: ClusterApi, kinds: Iterable[tuple[str, str]], others: Iterable[Right] = ()
) -> list[Right]:
    """The rights for namespaces of our own, for objects of these (API version, kind), and others.

    Each is there once, those of one resource one after the other.
    """
    spaces = [Right(verb=verb, group="", resource="namespaces") for verb in _OF_NAMESPACES]
    resources = sorted({found for each in kinds if (found := _resource(api, *each))})
    objects = [
        Right(verb=verb, group=group, resource=plural)
        for group, plural, namespaced in resources
        for verb in (_OF_OBJECTS if namespaced else _OF_WIDE_OBJECTS)
    ]
    every = [*others, *objects, *spaces]
    once = {(each.group, each.resource, each.verb): each for each in every}
    return sorted(once.values(), key=_order)


def asked(api: ClusterApi, rights: Sequence[Right]) -> list[Right]:
    """The same, as the API server says whether we have them."""
    return at_once(lambda right: replace(right, granted=_granted(api, right)), rights)


def _order(right: Right) -> tuple[bool, str, str, str]:
    """Namespaces first, since all else is in them."""
    return right.resource != "namespaces", right.group, right.resource, right.verb


def _granted(api: ClusterApi, right: Right) -> bool:
    resource, _, part = right.resource.partition("/")
    wanted = {"verb": right.verb, "group": right.group, "resource": resource, "subresource": part}
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": wanted},
    }
    return bool(api.done("POST", _REVIEWS, review).get("status", {}).get("allowed"))


def _resource(api: ClusterApi, version: str, kind: str) -> tuple[str, str, bool] | None:
    """The group and plural of a kind, where the server has it, and whether it has a namespace."""
    group, _, bare = version.rpartition("/")
    for entry in api.ask("GET", api_root(group, bare)).body.get("resources", ()):
        if entry["kind"] == kind and "/" not in entry["name"]:
            return group, entry["name"], bool(entry["namespaced"])
    return None
