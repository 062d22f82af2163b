"""Emptying of a running cluster: what was not there at the beginning is deleted, and gone.

The API server goes on as it is, and with it the watches of the programs that are the cluster's own.
An object that waits for a finalizer loses it: whoever put it there is a component that has ended.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from loadstone.cluster.cluster_api import MERGE_PATCH, ClusterApi, at_once
from loadstone.cluster.served_resources import ListedObject, ServedResource, objects, served
from loadstone.errors import ClusterFailed

WITHIN = 180.0  # s; a thousand pods and nodes go in a few, on a machine that is not busy
QUIET = 0.2  # s after which a controller that was late would have made something again
_EVENT = ServedResource(group="", version="v1", plural="events", namespaced=True, verbs=frozenset())
# What goes by itself with what it is of, and comes back for as long as that is there.
_FOLLOWING = frozenset(
    {_EVENT.key, ("events.k8s.io", "events"), ("networking.k8s.io", "ipaddresses")}
)
# The order in which things go: what would stand in the way of deleting, or make anew what was
# deleted; what these hold; and what holds others.
_FIRST, _CONTENT, _HOLDERS = range(3)
_ORDER = {
    ("apps", "deployments"): _FIRST,
    ("batch", "cronjobs"): _FIRST,
    ("apiextensions.k8s.io", "customresourcedefinitions"): _HOLDERS,
    ("", "namespaces"): _HOLDERS,
}
_ADMISSION = "admissionregistration.k8s.io"
SYSTEM = frozenset({"kube-system", "kube-public", "kube-node-lease"})
_CLEANED_BY_THE_SERVER = "customresourcecleanup.apiextensions.k8s.io"
_AUTOMATIC = "kube-aggregator.kubernetes.io/automanaged"

Key = tuple[str, str, str, str]


class Emptier:
    """A way to make a cluster as it was when this was made.

    `spared` tells objects that stay although they came later; `grace`: the seconds that a pod has
    to end, 0 where no kubelet would say that it has. Raises `ClusterFailed`.
    """

    def __init__(
        self,
        api: ClusterApi,
        *,
        spared: Callable[[ListedObject], bool] = lambda _: False,
        grace: int = 0,
    ) -> None:
        self._api = api
        self._options = {"gracePeriodSeconds": grace, "propagationPolicy": "Background"}
        self._spared = spared
        self._deleted: dict[Key, str] = {}  # key → uid, of this emptying
        self._original = {each.key for each in self._all(served(api))}

    def empty(self, *, within: float = WITHIN) -> None:
        """Delete what came since, and return when it is gone."""
        deadline, quiet = time.monotonic() + within, False
        self._deleted.clear()
        while True:
            there = self._all(served(self._api))
            left = self._came_since(there)
            if not left and quiet:
                break
            quiet = not left
            if left and time.monotonic() > deadline:
                raise ClusterFailed(
                    f"the cluster cannot be emptied: {_some(left)} did not go within {within:g} s",
                    next_step="look into the logs of its controllers",
                )
            self._delete(left, there)
            time.sleep(QUIET if quiet else 0.02)
        self._forget_events()

    def _all(self, resources: Iterable[ServedResource]) -> list[ListedObject]:
        asked = [each for each in resources if each.key not in _FOLLOWING]
        lists = at_once(lambda each: objects(self._api, each), asked)
        return [each for found in lists for each in found if _AUTOMATIC not in each.labels]

    def _came_since(self, there: Sequence[ListedObject]) -> list[ListedObject]:
        self._original |= {each.key for each in there if self._came_back(each)}
        return [each for each in there if each.key not in self._original and not self._spared(each)]

    def _came_back(self, item: ListedObject) -> bool:
        """Whether it is the cluster's own, which made it later than the rest and makes it again."""
        return item.namespace in SYSTEM and self._made_anew(item)

    def _made_anew(self, item: ListedObject) -> bool:
        return self._deleted.get(item.key, item.uid) != item.uid

    def _delete(self, left: Sequence[ListedObject], there: Sequence[ListedObject]) -> None:
        """Ask each to go; those that hold others when these have gone."""
        waiting = [each for each in left if each.going]
        rest = [each for each in left if not each.going]
        at_once(lambda item: release(self._api, item), waiting)
        # What controllers make anew for as long as its namespace is there goes with that.
        first = [each for each in rest if not self._made_anew(each)]
        turn = min(map(_order, first or rest), default=_FIRST)
        if turn == _HOLDERS and any(_order(each) != _HOLDERS for each in waiting):
            return
        now = [each for each in rest if _order(each) == turn]
        self._deleted |= {each.key: each.uid for each in now}
        going = {each.key for each in left}
        staying: set[tuple[str, ...]] = {each.key[:3] for each in there if each.key not in going}
        at_once(self._delete_alike, _alike(now, staying))

    def _delete_alike(self, alike: Sequence[ListedObject]) -> None:
        one = alike[0]
        path = one.path if len(alike) == 1 else one.resource.path(one.namespace)
        self._api.ask("DELETE", path, self._options)

    def _forget_events(self) -> None:
        spaces = {each.namespace for each in objects(self._api, _EVENT)}
        at_once(lambda space: self._api.ask("DELETE", _EVENT.path(space), self._options), spaces)


def release(api: ClusterApi, item: ListedObject) -> None:
    """Let go an object that was deleted and waits for somebody who has ended."""
    if item.going and item.finalizers and _CLEANED_BY_THE_SERVER not in item.finalizers:
        patch = {"metadata": {"finalizers": None}}
        api.ask("PATCH", item.path, patch, content_type=MERGE_PATCH)


def _alike(
    items: Sequence[ListedObject], staying: set[tuple[str, ...]]
) -> list[list[ListedObject]]:
    """The objects by what one request deletes: a whole collection, where none of it is to stay."""
    groups: dict[tuple[str, ...], list[ListedObject]] = defaultdict(list)
    for item in items:
        whole = item.key[:3] not in staying and "deletecollection" in item.resource.verbs
        groups[item.key[:3] if whole else item.key].append(item)
    return list(groups.values())


def _order(item: ListedObject) -> int:
    group, _ = item.resource.key
    return _FIRST if group == _ADMISSION else _ORDER.get(item.resource.key, _CONTENT)


def _some(left: Sequence[ListedObject], most: int = 5) -> str:
    named = ", ".join(str(each) for each in left[:most])
    return named + (f" and {len(left) - most} more" if len(left) > most else "")
