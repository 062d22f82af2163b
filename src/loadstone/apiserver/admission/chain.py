"""What is asked before an object is stored: policies, and then quotas."""

from __future__ import annotations

from loadstone.apiserver.admission import quota, validating_policies
from loadstone.apiserver.admission.match_rules import AdmissionRequest
from loadstone.apiserver.machinery.calls import Call
from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.state import State


def create(state: State, call: Call, document: Document) -> None:
    """Raises what a policy or a quota refuses a new object with."""
    validating_policies.admit(state, _asked(state, call, "CREATE", document, None))
    quota.admit(state, call, document)


def update(state: State, call: Call, document: Document, old: Document) -> None:
    """The same for a changed object."""
    validating_policies.admit(state, _asked(state, call, "UPDATE", document, old))
    quota.admit(state, call, document, old)


def delete(state: State, call: Call, old: Document) -> None:
    """The same for one that a client deletes; nobody is asked about what goes along with it."""
    validating_policies.admit(state, _asked(state, call, "DELETE", None, old))


def _asked(
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
