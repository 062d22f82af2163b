"""What the containers of a pod, or of the template of one, must agree on among themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from loadstone.apiserver.machinery.causes import Cause
from loadstone.apiserver.machinery.documents import Document, dig
from loadstone.apiserver.types.amounts import amount

_PLACES = {
    "cronjobs": ("spec", "jobTemplate", "spec", "template", "spec"),
    "pods": ("spec",),
    "podtemplates": ("template", "spec"),
}
_TEMPLATE = ("spec", "template", "spec")
_TEMPLATED = frozenset(
    {
        *("daemonsets", "deployments", "jobs", "replicasets", "replicationcontrollers"),
        "statefulsets",
    }
)
_NOT_NEGATIVE = "must be greater than or equal to 0"


def check(plural: str, document: Document) -> Iterator[Cause]:
    """Names that come twice, mounts of no volume, and amounts below 0 or above their limit."""
    place = _PLACES.get(plural, _TEMPLATE if plural in _TEMPLATED else ())
    spec = dig(document, place) if place else None
    if not isinstance(spec, dict):
        return
    where = ".".join(place)
    yield from _twice(f"{where}.volumes", _dicts(spec.get("volumes")))
    volumes = {each.get("name") for each in _dicts(spec.get("volumes"))}
    if plural == "statefulsets":
        claims = _dicts(dig(document, ("spec", "volumeClaimTemplates")))
        volumes |= {dig(each, ("metadata", "name")) for each in claims}
    for field in ("initContainers", "containers"):
        found = _dicts(spec.get(field))
        yield from _twice(f"{where}.{field}", found)
        for index, container in enumerate(found):
            yield from _container(f"{where}.{field}[{index}]", container, volumes)


def _container(where: str, container: Document, volumes: set[Any]) -> Iterator[Cause]:
    for index, mount in enumerate(_dicts(container.get("volumeMounts"))):
        if mount.get("name") not in volumes:
            yield Cause(
                field=f"{where}.volumeMounts[{index}].name",
                reason="FieldValueNotFound",
                message=f'Not found: "{mount.get("name", "")}"',
            )
    resources = container.get("resources") or {}
    limits, requests = (resources.get(part) or {} for part in ("limits", "requests"))
    for part, given in (("limits", limits), ("requests", requests)):
        for name in sorted(given):
            if amount(given[name]) < 0:
                field = f"{where}.resources.{part}[{name}]"
                yield Cause.invalid(field, given[name], _NOT_NEGATIVE)
    for name in sorted(requests):
        if name in limits and amount(requests[name]) > amount(limits[name]):
            says = f"must be less than or equal to {name} limit of {limits[name]}"
            yield Cause.invalid(f"{where}.resources.requests", requests[name], says)


def _twice(where: str, items: Sequence[Document]) -> Iterator[Cause]:
    names = [each.get("name") for each in items]
    for index, name in enumerate(names):
        if name and name in names[:index]:
            yield Cause.duplicate(f"{where}[{index}].name", f'"{name}"')


def _dicts(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
