"""Match rules of admission policies: which requests a policy or a binding is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from loadstone.apiserver.machinery.calls import Call
from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.machinery.resources import Resource, group_version
from loadstone.apiserver.state import State
from loadstone.apiserver.storage.selectors import meets


@dataclass(frozen=True, kw_only=True)
class AdmissionRequest:
    """A request as policies see it: CREATE, UPDATE or DELETE of an object."""

    call: Call
    operation: str
    object: Document | None
    old: Document | None
    namespace_labels: Mapping[str, str]

    @property
    def resource(self) -> Resource:
        """The resource of the object."""
        return self.call.resource

    @property
    def namespace(self) -> str:
        """Its namespace, "" where it has none."""
        return self.call.namespace

    @property
    def name(self) -> str:
        """Its name, which a generated one has only after it was made."""
        held = self.object or self.old or {}
        return self.call.name or str((held.get("metadata") or {}).get("name", ""))

    def variables(self, state: State) -> dict[str, Any]:
        """The variables of expressions, but for the parameters."""
        return {
            "object": self._whole(self.object),
            "oldObject": self._whole(self.old),
            "request": self._request(),
            "namespaceObject": self._namespace(state),
            "variables": {},
            "authorizer": None,
        }

    def _whole(self, document: Document | None) -> Document | None:
        if document is None:
            return None
        version = group_version(self.resource.group, self.call.version)
        return {"apiVersion": version, "kind": self.resource.kind, **document}

    def _namespace(self, state: State) -> Document | None:
        stored = state.namespace(self.namespace) if self.namespace else None
        return {"apiVersion": "v1", "kind": "Namespace", **stored.document()} if stored else None

    def _request(self) -> dict[str, Any]:
        resource, call = self.resource, self.call
        about = {"group": resource.group, "version": call.version}
        return {
            "kind": {**about, "kind": resource.kind},
            "resource": {**about, "resource": resource.plural},
            "subResource": call.subresource,
            "name": self.name,
            "namespace": self.namespace,
            "operation": self.operation,
            "dryRun": call.options.dry_run,
            "userInfo": {"username": "system:admin", "groups": ["system:masters"]},
        }


def matches(request: AdmissionRequest, constraints: Mapping[str, Any]) -> bool:
    """Whether the constraints of a policy or a binding match a request."""
    rules = constraints.get("resourceRules")
    if rules and not any(_rule(request, rule) for rule in rules):
        return False
    if any(_rule(request, rule) for rule in constraints.get("excludeResourceRules") or ()):
        return False
    if not meets(constraints.get("namespaceSelector") or {}, request.namespace_labels):
        return request.namespace == "" and request.resource.key != ("", "namespaces")
    wanted = constraints.get("objectSelector") or {}
    held = [each for each in (request.object, request.old) if each is not None]
    return any(meets(wanted, (each.get("metadata") or {}).get("labels") or {}) for each in held)


def _rule(request: AdmissionRequest, rule: Mapping[str, Any]) -> bool:
    resource = request.resource
    scope = {"Namespaced": True, "Cluster": False}.get(str(rule.get("scope")))
    return (
        _named(rule.get("operations"), request.operation)
        and _named(rule.get("apiGroups"), resource.group)
        and _named(rule.get("apiVersions"), request.call.version)
        and any(_resource(request.call, name) for name in rule.get("resources") or ())
        and (not rule.get("resourceNames") or request.name in rule["resourceNames"])
        and (scope is None or scope == resource.namespaced)
    )


def _named(known: Iterable[str] | None, name: str) -> bool:
    return any(each in ("*", name) for each in known or ())


def _resource(call: Call, pattern: str) -> bool:
    plural, _, subresource = pattern.partition("/")
    return plural in ("*", call.resource.plural) and (
        pattern == "*/*" or subresource in ("*", call.subresource)
    )
