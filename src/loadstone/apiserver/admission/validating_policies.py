"""Validating admission policies: the policies that bind a request, and their evaluation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from loadstone.apiserver.admission import expressions
from loadstone.apiserver.admission.match_rules import AdmissionRequest, matches
from loadstone.apiserver.machinery import status
from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.state import State
from loadstone.apiserver.storage.objects import StoredObject
from loadstone.apiserver.storage.selectors import meets

GROUP = "admissionregistration.k8s.io"
_CODES = {"Unauthorized": 401, "Forbidden": 403, "Invalid": 422, "RequestEntityTooLarge": 413}


class _Denial(NamedTuple):
    """A validation that does not hold: its message and reason."""

    message: str
    reason: str


def admit(state: State, request: AdmissionRequest) -> None:
    """Evaluate every policy that binds a request; raises the denial of the first that denies it."""
    policies = state.store.collection(state.resource("validatingadmissionpolicies", GROUP))
    if not policies.objects or request.resource.group == GROUP:  # nothing locks itself out
        return
    bindings = state.store.collection(state.resource("validatingadmissionpolicybindings", GROUP))
    for stored in bindings.items():
        binding = stored.document()["spec"]
        policy = policies.objects.get(("", binding.get("policyName", "")))
        if policy is not None:
            _hold(state, request, policy, stored.name, binding)


def _hold(
    state: State,
    request: AdmissionRequest,
    policy: StoredObject,
    bound_by: str,
    binding: Mapping[str, Any],
) -> None:
    spec = policy.document()["spec"]
    if not matches(request, spec.get("matchConstraints") or {}):
        return
    if not matches(request, binding.get("matchResources") or {}):
        return
    for denied in _denials(state, request, spec, binding):
        said = f"ValidatingAdmissionPolicy '{policy.name}' with binding '{bound_by}' denied request"
        actions = binding.get("validationActions") or ["Deny"]
        if "Deny" in actions:
            raise _refusal(request, f"{said}: {denied.message}", denied)
        if "Warn" in actions:
            state.warnings.append(
                f"Validation failed for {said.partition(' denied')[0]}: {denied.message}"
            )


def _denials(
    state: State, request: AdmissionRequest, spec: Mapping[str, Any], binding: Mapping[str, Any]
) -> Iterator[_Denial]:
    strict = spec.get("failurePolicy", "Fail") == "Fail"
    try:
        parameters = list(_parameters(state, request, spec, binding))
    except expressions.ExpressionError as error:
        if strict:
            yield _Denial(str(error), "Invalid")
        return
    for parameter in parameters:
        for denied, failed in _judge(request.variables(state) | {"params": parameter}, spec):
            if strict or not failed:
                yield denied


def _judge(variables: dict[str, Any], spec: Mapping[str, Any]) -> Iterator[tuple[_Denial, bool]]:
    """What does not hold, and whether that is because it could not be evaluated."""
    for condition in spec.get("matchConditions") or ():
        try:
            if expressions.evaluate(condition["expression"], variables) is not True:
                return
        except expressions.ExpressionError as error:
            yield _Denial(f"match condition '{condition.get('name')}': {error}", "Invalid"), True
            return
    variables["variables"] = _composed(variables, spec.get("variables") or ())
    for validation in spec.get("validations") or ():
        text = validation["expression"]
        try:
            holds = expressions.evaluate(text, variables)
        except expressions.ExpressionError as error:
            yield _Denial(f"expression '{text}' resulted in error: {error}", "Invalid"), True
            continue
        if holds is not True:
            message = _message(validation, variables)
            yield _Denial(message, validation.get("reason") or "Invalid"), False


def _composed(variables: Mapping[str, Any], given: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Each variable sees those before it; one without a value is missed only where it is used."""
    found: dict[str, Any] = {}
    for variable in given:
        try:
            found[variable["name"]] = expressions.evaluate(
                variable["expression"], {**variables, "variables": dict(found)}
            )
        except expressions.ExpressionError:
            continue
    return found


def _message(validation: Mapping[str, Any], variables: Mapping[str, Any]) -> str:
    written = validation.get("messageExpression")
    if written:
        try:
            said = expressions.evaluate(written, variables)
        except expressions.ExpressionError:
            said = None
        if isinstance(said, str) and said.strip() and "\n" not in said:
            return said.strip()
    return str(validation.get("message") or f"failed expression: {validation['expression']}")


def _refusal(request: AdmissionRequest, message: str, denied: _Denial) -> status.ApiError:
    refused = status.forbidden(request.resource, request.name, message)
    refused.code, refused.reason = _CODES.get(denied.reason, 422), denied.reason
    refused.details["causes"] = [{"message": message}]
    return refused


# --- parameters: objects that a binding hands to its policy ---------------------------------------


def _parameters(
    state: State, request: AdmissionRequest, spec: Mapping[str, Any], binding: Mapping[str, Any]
) -> Iterator[Document | None]:
    """Each object that a policy is evaluated with; raises `ExpressionError` for want of one."""
    kind, reference = spec.get("paramKind"), binding.get("paramRef")
    if not kind or not reference:
        yield None
        return
    found = list(_referred(state, request, kind, reference))
    if not found and reference.get("parameterNotFoundAction", "Deny") == "Deny":
        raise expressions.ExpressionError(
            "no params found for policy binding with `Deny` parameterNotFoundAction"
        )
    yield from found


def _referred(
    state: State, request: AdmissionRequest, kind: Mapping[str, Any], reference: Mapping[str, Any]
) -> Iterator[Document]:
    group, _, version = str(kind.get("apiVersion")).rpartition("/")
    for resource in state.registry.in_version(group, version):
        if resource.kind != kind.get("kind"):
            continue
        place = (reference.get("namespace") or request.namespace) if resource.namespaced else ""
        for stored in state.store.collection(resource).items(place):
            wanted = reference.get("name")
            if wanted == stored.name or (
                not wanted and meets(reference.get("selector"), stored.labels)
            ):
                yield {"apiVersion": kind["apiVersion"], "kind": kind["kind"], **stored.document()}
