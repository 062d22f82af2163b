"""The rights that a session takes in a cluster of others, by what it makes and does there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loadstone.cluster.cluster_api import ClusterApi, api_root
from loadstone.cluster.maker_rights import of_makers
from loadstone.cluster.rights import Right, once
from loadstone.errors import UsageError

_OF_NAMESPACES = ("create", "delete", "get", "list", "patch")
_OF_OBJECTS = ("create", "delete", "get", "patch")
_OF_WIDE_OBJECTS = (*_OF_OBJECTS, "list")  # no namespace goes with them: they are looked for
_DEFINITION = "CustomResourceDefinition"


@dataclass(frozen=True, kw_only=True)
class KindUse:
    """A use of objects of a kind that is not to make, change or remove them."""

    version: str
    kind: str
    verbs: Sequence[str]
    part: str = ""  # a subresource, as `status`


@dataclass(frozen=True, kw_only=True)
class _ResourceName:
    """The name of the resource of a kind, and whether its objects are in namespaces."""

    group: str
    plural: str
    namespaced: bool


def needed(
    api: ClusterApi,
    *,
    objects: Sequence[Mapping[str, Any]] = (),
    kinds: Iterable[tuple[str, str]] = (),
    uses: Iterable[KindUse] = (),
    others: Iterable[Right] = (),
) -> list[Right]:
    """The rights for namespaces of our own, for these objects, others of these kinds, and more.

    Raises `UsageError` for an object that no API server takes.
    """
    try:
        names = _ResourceNames(api, objects)
        made = [(str(item["apiVersion"]), str(item["kind"])) for item in objects]
        making = list(of_makers(objects, lambda version, kind: names.of(version, kind).plural))
    except (AttributeError, KeyError, TypeError) as error:
        raise UsageError(
            f"an object of the component or a scenario is none that an API server takes: {error!r}",
            next_step="`kubectl apply --dry-run=server` names it",
        ) from error
    spaces = [Right(verb=verb, resource="namespaces") for verb in _OF_NAMESPACES]
    every = [*others, *spaces, *making]
    for version, kind in dict.fromkeys([*made, *kinds]):
        verbs = _OF_OBJECTS if names.of(version, kind).namespaced else _OF_WIDE_OBJECTS
        every += names.rights(KindUse(version=version, kind=kind, verbs=verbs))
    return once([*every, *(right for use in uses for right in names.rights(use))])


class _ResourceNames:
    """The resources of kinds: as a definition among the objects has it, or as the server says.

    One that neither knows gets the plural that most have, for all that its definition may be in the
    cluster by the time of a run.
    """

    def __init__(self, api: ClusterApi, objects: Iterable[Mapping[str, Any]]) -> None:
        self._api = api
        self._known = dict(_defined(objects))
        self._asked: set[str] = set()

    def of(self, version: str, kind: str) -> _ResourceName:
        group, _, bare = version.rpartition("/")
        if (version, kind) not in self._known and version not in self._asked:
            self._asked.add(version)
            for entry in self._api.ask("GET", api_root(group, bare)).body.get("resources", ()):
                if "/" not in entry["name"]:
                    found = _ResourceName(
                        group=group, plural=entry["name"], namespaced=bool(entry["namespaced"])
                    )
                    self._known.setdefault((version, entry["kind"]), found)
        guess = _ResourceName(group=group, plural=_plural(kind), namespaced=False)
        return self._known.get((version, kind), guess)

    def rights(self, use: KindUse) -> Iterator[Right]:
        found = self.of(use.version, use.kind)
        resource = f"{found.plural}/{use.part}" if use.part else found.plural
        for verb in use.verbs:
            yield Right(verb=verb, group=found.group, resource=resource)


def _defined(
    objects: Iterable[Mapping[str, Any]],
) -> Iterator[tuple[tuple[str, str], _ResourceName]]:
    for item in objects:
        if item["kind"] == _DEFINITION:
            spec = item["spec"]
            found = _ResourceName(
                group=spec["group"],
                plural=spec["names"]["plural"],
                namespaced=spec.get("scope") == "Namespaced",
            )
            for version in spec["versions"]:
                yield (f"{spec['group']}/{version['name']}", spec["names"]["kind"]), found


def _plural(kind: str) -> str:
    """The plural that the resource of a kind has most often, as kubebuilder would name it."""
    low = kind.lower()
    if low.endswith(("s", "x", "ch", "sh")):
        return f"{low}es"
    return f"{low[:-1]}ies" if low.endswith("y") and low[-2:-1] not in "aeiou" else f"{low}s"
