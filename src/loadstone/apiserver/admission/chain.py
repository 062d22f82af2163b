"""The admission chain: policies, then quotas, before an object is created, changed or deleted."""

from __future__ import annotations

from loadstone.apiserver.admission import quota, validating_policies
from loadstone.apiserver.admission.match_rules import AdmissionRequest
from loadstone.apiserver.machinery.calls import Call
from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.state import State


def create(state: State, call: Call, document: Document) -> None:
    """Admission of a new object; raises what a policy or a quota refuses it with."""
    validating_policies.admit(state, _request_of(state, call, "CREATE", document, None))
    quota.admit(state, call, document)


def update(state: State, call: Call, document: Document, old: Document) -> None:
    """Admission of a changed object; raises the same."""
    validating_policies.admit(state, _request_of(state, call, "UPDATE", document, old))
    quota.admit(state, call, document, old)


def delete(state: State, call: Call, old: Document) -> None:
    """Admission of a deletion that a client asks for, not of the dependents that go along."""
    validating_policies.admit(state, _request_of(state, call, "DELETE", None, old))


def _request_of(
    state: State, call: Call, operation: str, document: Document | None, old: Document | None
) -> AdmissionRequest:
    if call.resource.key == ("", "namespaces"):
        held = document or old or {}
        labels = (held.get("metadata") or {}).get("labels") or {}
    else:
        namespace = state.namespace(call.namespace) if call.namespace else None
        labels = namespace.labels if namespace else {}
    return AdmissionRequest(
        call=call, operation=operation, object=document, old=old, namespace_labels=labels
    )
