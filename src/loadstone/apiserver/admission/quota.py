"""Resource quotas: admission of objects that are created or changed, by what they use.

What is used is counted here as objects come; the controller manager's own controller counts
everything anew, and takes off what went. Without one a quota has no status, and limits nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from loadstone.apiserver.admission import pod_resources, quota_usage
from loadstone.apiserver.machinery import status
from loadstone.apiserver.machinery.calls import Call
from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.machinery.resources import Resource
from loadstone.apiserver.state import State
from loadstone.apiserver.storage.objects import StoredObject
from loadstone.apiserver.types.amounts import Amounts, amount, shown

_ALSO_CHANGED = ("services", "persistentvolumeclaims")  # a change may take more of a quota
_NEGATIVE = {"NotTerminating": "Terminating", "NotBestEffort": "BestEffort"}


def admit(state: State, call: Call, document: Document, old: Document | None = None) -> None:
    """Count the use of an object that is to be stored; raises 403 where a quota has no room."""
    resource = call.resource
    if call.subresource or not resource.namespaced or not _handles(resource, document, old):
        return
    charged: list[tuple[Document, Amounts]] = []
    for stored in state.store.collection(state.resource("resourcequotas")).items(call.namespace):
        quota = stored.document()
        if _applies(resource, quota, document):
            charged.append((quota, _charge(call, quota, document, old)))
    if call.options.dry_run:
        return
    counted = [_count(state, quota, more) for quota, more in charged if more]
    if counted:  # who counts anew has to know of this before the object can be gone again
        state.hub.tell()


def _handles(resource: Resource, document: Document, old: Document | None) -> bool:
    if old is None or (not resource.group and resource.plural in _ALSO_CHANGED):
        return True
    return resource.key == ("", "pods") and _terminating(document) != _terminating(old)


def _applies(resource: Resource, quota: Document, document: Document) -> bool:
    hard = (quota.get("status") or {}).get("hard") or {}
    return bool(quota_usage.limited(resource, hard)) and all(
        _in_scope(resource, scope, document) for scope in _scopes(quota)
    )


def _charge(call: Call, quota: Document, document: Document, old: Document | None) -> Amounts:
    """What an object adds to what a quota has used; raises 403."""
    resource, name = call.resource, quota["metadata"]["name"]
    hard, used = quota["status"]["hard"], quota["status"].get("used") or {}
    names = quota_usage.limited(resource, hard)
    if resource.key == ("", "pods") and (unsaid := quota_usage.missing(document, names)):
        raise _refused(call, document, f"failed quota: {name}: must specify {unsaid}")
    if any(each not in used for each in names):
        what = ",".join(sorted(names))
        raise _refused(call, document, f"status unknown for quota: {name}, resources: {what}")
    wanted = quota_usage.usage(resource, document)
    if old is not None and _applies(resource, quota, old):
        before = quota_usage.usage(resource, old)
        wanted = {key: max(Decimal(0), wanted[key] - before.get(key, 0)) for key in wanted}
    more = {key: wanted[key] for key in names if wanted.get(key)}
    over = [key for key in more if amount(used[key]) + more[key] > amount(hard[key])]
    if over:
        asked = {key: shown(more[key], hard[key]) for key in over}
        said = f"requested: {_said(over, asked)}, used: {_said(over, used)}"
        limits = f"limited: {_said(over, hard)}"
        raise _refused(call, document, f"exceeded quota: {name}, {said}, {limits}")
    return more


def _refused(call: Call, document: Document, message: str) -> status.ApiError:
    return status.forbidden(call.resource, document["metadata"].get("name", ""), message)


def _said(names: Iterable[str], amounts: Mapping[str, Any]) -> str:
    return ",".join(f"{name}={amounts[name]}" for name in sorted(names))


def _count(state: State, quota: Document, more: Amounts) -> StoredObject:
    used = quota["status"]["used"]
    for name, value in more.items():
        used[name] = shown(amount(used[name]) + value, quota["status"]["hard"][name])
    return state.store.put(state.resource("resourcequotas"), quota)


# --- scopes: which pods a quota is about ----------------------------------------------------------


def _scopes(quota: Document) -> list[dict[str, Any]]:
    spec = quota.get("spec") or {}
    plain = [{"scopeName": name, "operator": "Exists"} for name in spec.get("scopes") or ()]
    return [*plain, *((spec.get("scopeSelector") or {}).get("matchExpressions") or ())]


def _in_scope(resource: Resource, scope: Mapping[str, Any], document: Document) -> bool:
    name = str(scope.get("scopeName"))
    if resource.key == ("", "persistentvolumeclaims") and name == "VolumeAttributesClass":
        return _selected(scope, (document.get("spec") or {}).get("volumeAttributesClassName"))
    if resource.key != ("", "pods"):
        return False
    if name in _NEGATIVE:
        return not _pod_is(_NEGATIVE[name], document)
    if name == "PriorityClass":
        return _selected(scope, (document.get("spec") or {}).get("priorityClassName"))
    return _pod_is(name, document)


def _pod_is(name: str, document: Document) -> bool:
    spec = document.get("spec") or {}
    if name == "Terminating":
        return _terminating(document)
    if name == "BestEffort":
        return pod_resources.quality(spec) == "BestEffort"
    return name == "CrossNamespacePodAffinity" and any(
        term.get("namespaces") or term.get("namespaceSelector") is not None
        for term in _affinity_terms(spec)
    )


def _terminating(document: Document) -> bool:
    return (document.get("spec") or {}).get("activeDeadlineSeconds") is not None


def _affinity_terms(spec: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for kind in ("podAffinity", "podAntiAffinity"):
        rules = (spec.get("affinity") or {}).get(kind) or {}
        found += rules.get("requiredDuringSchedulingIgnoredDuringExecution") or []
        preferred = rules.get("preferredDuringSchedulingIgnoredDuringExecution") or []
        found += [term.get("podAffinityTerm") or {} for term in preferred]
    return found


def _selected(scope: Mapping[str, Any], value: str | None) -> bool:
    operator, values = scope.get("operator"), scope.get("values") or ()
    if re.fullmatch("NotIn|DoesNotExist", str(operator)):
        return not value or (operator == "NotIn" and value not in values)
    return bool(value) and (operator == "Exists" or value in values)
