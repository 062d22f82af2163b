"""Immutable fields of built-in kinds."""

from __future__ import annotations

from loadstone.apiserver.machinery.causes import Cause
from loadstone.apiserver.machinery.documents import Document, dig
from loadstone.apiserver.machinery.resources import Resource

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
_POD = (
    "pod updates may not change fields other than `spec.containers[*].image`,"
    "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only "
    "additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set "
    "to 1 if it was previously negative)"
)
_TOLERATION = "existing toleration can not be modified except its tolerationSeconds"
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


def pod_spec(document: Document, old: Document) -> list[Cause]:
    """What a pod is made of stays, but for its images, its deadline and what it tolerates more."""
    before, after = old.get("spec") or {}, document.get("spec") or {}
    if any(each not in _tolerated(after) for each in _tolerated(before)):
        return [Cause.forbidden("spec.tolerations", _TOLERATION)]
    gated = bool(_gates(before))
    more = [each for each in _gates(after) if each not in _gates(before)]
    if more or _fixed(before, gated=gated) != _fixed(after, gated=gated):
        return [Cause.forbidden("spec", _POD)]
    return []


def _tolerated(spec: Document) -> list[Document]:
    """What a pod tolerates; for how long may change."""
    return [
        {name: value for name, value in each.items() if name != "tolerationSeconds"}
        for each in spec.get("tolerations") or ()
    ]


def _gates(spec: Document) -> list[Document]:
    return list(spec.get("schedulingGates") or ())


def _fixed(spec: Document, *, gated: bool) -> Document:
    """The part of a pod's spec that does not change; a pod that is gated may still be narrowed."""
    free = {"activeDeadlineSeconds", "tolerations", "schedulingGates"}
    if gated:
        free |= {"nodeSelector", "affinity"}
    if (spec.get("terminationGracePeriodSeconds") or 0) <= 1:
        free |= {"terminationGracePeriodSeconds"}
    fixed = {name: value for name, value in spec.items() if name not in free}
    for field in ("containers", "initContainers"):
        if field in fixed:
            fixed[field] = [{**each, "image": ""} for each in fixed[field]]
    return fixed


def _cluster_ip(document: Document, old: Document) -> list[Cause]:
    before, after = (dig(each, ("spec", "clusterIP")) for each in (old, document))
    types = {dig(each, ("spec", "type")) for each in (old, document)}
    if before and before != after and "ExternalName" not in types:
        return [Cause.invalid("spec.clusterIP", after, "field is immutable")]
    return []
