"""The rights that a session needs in a cluster that is there already, and which it has not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from loadstone.cluster.cluster_api import ClusterApi, at_once

ROLES = "rbac.authorization.k8s.io"
_REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


@dataclass(frozen=True, kw_only=True)
class Right:
    """The right to do something to a resource, in all namespaces, and whether we have it.

    `name`: of the one object that it is about, "" for all. `path`: a URL of the API server that is
    no resource, in place of these. `use`: what a session does without where it has it not; "" of
    one that it needs. `given_on`: a role that is made gives it to somebody else.
    """

    verb: str
    group: str = ""
    resource: str = ""  # with a subresource as `pods/log`
    name: str = ""
    path: str = ""
    use: str = ""
    given_on: bool = False
    granted: bool = False

    @property
    def lacking(self) -> bool:
        """Whether nothing can be measured for want of it."""
        return not (self.granted or self.use)

    def __str__(self) -> str:
        if self.path:
            return f"{self.verb} {self.path}"
        whole = f"{self.verb} {self.resource}" + (f".{self.group}" if self.group else "")
        return f"{whole} {self.name}" if self.name else whole


# Whoever has these makes and binds roles that give more than he has.
_GIVING_ON = [
    Right(verb=verb, group=ROLES, resource=resource)
    for verb in ("bind", "escalate")
    for resource in ("clusterroles", "roles")
]


def once(rights: Iterable[Right]) -> list[Right]:
    """Each of them once, those of one resource one after the other.

    One about a single object goes with the same about all of them, and one that a session can do
    without with the same that it needs.
    """
    found: dict[tuple[str, ...], Right] = {}
    for each in sorted(rights, key=lambda each: (bool(each.use), each.given_on)):
        found.setdefault((each.path, each.group, each.resource, each.name, each.verb), each)
    kept = [
        each
        for (path, group, resource, name, verb), each in found.items()
        if not name or (path, group, resource, "", verb) not in found
    ]
    return sorted(kept, key=_order)


def asked(api: ClusterApi, rights: Sequence[Right]) -> list[Right]:
    """The same, as the API server says whether we have them."""
    answered = at_once(lambda right: replace(right, granted=_granted(api, right)), rights)
    lacking = [each for each in answered if each.given_on and not each.granted]
    if not lacking or not all(at_once(lambda right: _granted(api, right), _GIVING_ON)):
        return answered
    return [replace(each, granted=each.granted or each.given_on) for each in answered]


def _order(right: Right) -> tuple[bool, bool, str, str, str, str, str]:
    """Namespaces first, since all else is in them; what is no resource last."""
    others = right.resource != "namespaces" or bool(right.group)
    rest = (right.group, right.resource, right.name, right.path, right.verb)
    return (others, bool(right.path), *rest)


def _granted(api: ClusterApi, right: Right) -> bool:
    resource, _, part = right.resource.partition("/")
    wanted = {"verb": right.verb, "group": right.group, "resource": resource, "subresource": part}
    spec: dict[str, object] = {"resourceAttributes": {**wanted, "name": right.name}}
    if right.path:
        spec = {"nonResourceAttributes": {"path": right.path, "verb": right.verb}}
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": spec,
    }
    return bool(api.done("POST", _REVIEWS, review).get("status", {}).get("allowed"))
