"""Fields that do not change after an object was created."""

from __future__ import annotations

from loadstone.cluster.memory.resources import Resource
from loadstone.cluster.memory.status import Cause
from loadstone.cluster.memory.store import Document, dig

_FIELDS: dict[str, tuple[str, ...]] = {
    "daemonsets": ("spec.selector",),
    "deployments": ("spec.selector",),
    "endpointslices": ("addressType",),
    "jobs": ("spec.selector", "spec.template", "spec.completionMode"),
    "replicasets": ("spec.selector",),
    "rolebindings": ("roleRef",),
    "clusterrolebindings": ("roleRef",),
    "secrets": ("type",),
    "statefulsets": ("spec.selector", "spec.serviceName", "spec.podManagementPolicy"),
    "storageclasses": ("provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"),
    "volumeattachments": ("spec",),
}
_SEALED = ("configmaps", "secrets")


def check(resource: Resource, document: Document, old: Document) -> list[Cause]:
    """The fields of a change that must not change."""
    paths = _FIELDS.get(resource.plural, ())
    causes = [
        Cause.invalid(path, "", "field is immutable")
        for path in paths
        if dig(old, path.split(".")) != dig(document, path.split("."))
    ]
    if resource.plural in _SEALED and old.get("immutable"):
        causes += [
            Cause.forbidden(field, "field is immutable when `immutable` is set")
            for field in ("data", "binaryData", "immutable")
            if old.get(field) != document.get(field)
        ]
    if resource.plural == "services":
        causes += _cluster_ip(document, old)
    return causes


def _cluster_ip(document: Document, old: Document) -> list[Cause]:
    before, after = (dig(each, ("spec", "clusterIP")) for each in (old, document))
    types = {dig(each, ("spec", "type")) for each in (old, document)}
    if before and before != after and "ExternalName" not in types:
        return [Cause.invalid("spec.clusterIP", after, "field is immutable")]
    return []
