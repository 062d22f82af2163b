"""Validating admission policies: which bind a request, and what they say to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from loadstone.apiserver.admission import expressions
from loadstone.apiserver.admission.policymatching import Asked, matches
from loadstone.apiserver.objects.store import Document, StoredObject
from loadstone.apiserver.state import State
from loadstone.apiserver.wire import status
from loadstone.apiserver.wire.status import Cause

GROUP = "admissionregistration.k8s.io"
NAMES = frozenset(
    {"object", "oldObject", "request", "params", "namespaceObject", "variables", "authorizer"}
)
_CODES = {"Unauthorized": 401, "Forbidden": 403, "Invalid": 422, "RequestEntityTooLarge": 413}


class _Denied(NamedTuple):
    """A validation that does not hold."""

    message: str
    reason: str


def admit(state: State, asked: Asked) -> None:
    """Hold a request to every policy that binds it; raises what the first one that denies says."""
    policies = state.store.collection(state.resource("validatingadmissionpolicies", GROUP))
    if not policies.objects or asked.resource.group == GROUP:  # nothing locks itself out
        return
    bindings = state.store.collection(state.resource("validatingadmissionpolicybindings", GROUP))
    for stored in bindings.items():
        binding = stored.document()["spec"]
        policy = policies.objects.get(("", binding.get("policyName", "")))
        if policy is not None:
            _hold(state, asked, policy, stored.name, binding)


def _hold(
    state: State, asked: Asked, policy: StoredObject, bound_by: str, binding: Mapping[str, Any]
) -> None:
    spec = policy.document()["spec"]
    if not matches(asked, spec.get("matchConstraints") or {}):
        return
    if not matches(asked, binding.get("matchResources") or {}):
        return
    for denied in _denials(state, asked, spec, binding):
        said = f"ValidatingAdmissionPolicy '{policy.name}' with binding '{bound_by}' denied request"
        actions = binding.get("validationActions") or ["Deny"]
        if "Deny" in actions:
            raise _refusal(asked, f"{said}: {denied.message}", denied)
        if "Warn" in actions:
            state.warnings.append(
                f"Validation failed for {said.partition(' denied')[0]}: {denied.message}"
            )


def _denials(
    state: State, asked: Asked, spec: Mapping[str, Any], binding: Mapping[str, Any]
) -> Iterator[_Denied]:
    strict = spec.get("failurePolicy", "Fail") == "Fail"
    try:
        parameters = list(_parameters(state, asked, spec, binding))
    except expressions.Failed as error:
        if strict:
            yield _Denied(str(error), "Invalid")
        return
    for parameter in parameters:
        for denied, failed in _judge(asked.variables(state) | {"params": parameter}, spec):
            if strict or not failed:
                yield denied


def _judge(variables: dict[str, Any], spec: Mapping[str, Any]) -> Iterator[tuple[_Denied, bool]]:
    """What does not hold, and whether that is because it could not be evaluated."""
    for condition in spec.get("matchConditions") or ():
        try:
            if expressions.evaluate(condition["expression"], variables) is not True:
                return
        except expressions.Failed as error:
            yield _Denied(f"match condition '{condition.get('name')}': {error}", "Invalid"), True
            return
    variables["variables"] = _composed(variables, spec.get("variables") or ())
    for validation in spec.get("validations") or ():
        text = validation["expression"]
        try:
            holds = expressions.evaluate(text, variables)
        except expressions.Failed as error:
            yield _Denied(f"expression '{text}' resulted in error: {error}", "Invalid"), True
            continue
        if holds is not True:
            message = _message(validation, variables)
            yield _Denied(message, validation.get("reason") or "Invalid"), False


def _composed(variables: Mapping[str, Any], given: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Each variable sees those before it; one without a value is missed only where it is used."""
    found: dict[str, Any] = {}
    for variable in given:
        try:
            found[variable["name"]] = expressions.evaluate(
                variable["expression"], {**variables, "variables": dict(found)}
            )
        except expressions.Failed:
            continue
    return found


def _message(validation: Mapping[str, Any], variables: Mapping[str, Any]) -> str:
    written = validation.get("messageExpression")
    if written:
        try:
            said = expressions.evaluate(written, variables)
        except expressions.Failed:
            said = None
        if isinstance(said, str) and said.strip() and "\n" not in said:
            return said.strip()
    return str(validation.get("message") or f"failed expression: {validation['expression']}")


def _refusal(asked: Asked, message: str, denied: _Denied) -> status.ApiError:
    refused = status.forbidden(asked.resource, asked.name, message)
    refused.code, refused.reason = _CODES.get(denied.reason, 422), denied.reason
    refused.details["causes"] = [{"message": message}]
    return refused


# --- parameters: objects that a binding hands to its policy ---------------------------------------


def _parameters(
    state: State, asked: Asked, spec: Mapping[str, Any], binding: Mapping[str, Any]
) -> Iterator[Document | None]:
    """Each object that a policy is evaluated with; raises `Failed` for want of one."""
    kind, reference = spec.get("paramKind"), binding.get("paramRef")
    if not kind or not reference:
        yield None
        return
    found = list(_referred(state, asked, kind, reference))
    if not found and reference.get("parameterNotFoundAction", "Deny") == "Deny":
        raise expressions.Failed(
            "no params found for policy binding with `Deny` parameterNotFoundAction"
        )
    yield from found


def _referred(
    state: State, asked: Asked, kind: Mapping[str, Any], reference: Mapping[str, Any]
) -> Iterator[Document]:
    from loadstone.apiserver.objects.selectors import meets

    group, _, version = str(kind.get("apiVersion")).rpartition("/")
    for resource in state.registry.in_version(group, version):
        if resource.kind != kind.get("kind"):
            continue
        place = (reference.get("namespace") or asked.namespace) if resource.namespaced else ""
        for stored in state.store.collection(resource).items(place):
            wanted = reference.get("name")
            if wanted == stored.name or (
                not wanted and meets(reference.get("selector"), stored.labels)
            ):
                yield {"apiVersion": kind["apiVersion"], "kind": kind["kind"], **stored.document()}


# --- what is written into a policy ----------------------------------------------------------------


def check(document: Document) -> list[Cause]:
    """Expressions of a policy, or of a webhook, that cannot be read."""
    return [cause for field, text in _written(document) for cause in _unread(field, text)]


def _written(document: Document) -> Iterator[tuple[str, str]]:
    spec = document.get("spec") or {}
    holders = [("spec", spec), *_indexed("webhooks", document)]
    for where, holder in holders:
        for path, condition in _indexed(f"{where}.matchConditions", holder):
            yield f"{path}.expression", str(condition.get("expression", ""))
    for path, variable in _indexed("spec.variables", spec):
        yield f"{path}.expression", str(variable.get("expression", ""))
    for path, validation in _indexed("spec.validations", spec):
        for field in ("expression", "messageExpression"):
            if field == "expression" or validation.get(field):
                yield f"{path}.{field}", str(validation.get(field, ""))


def _indexed(path: str, holder: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    found = holder.get(path.rpartition(".")[2]) or ()
    return [(f"{path}[{i}]", item) for i, item in enumerate(found) if isinstance(item, dict)]


def _unread(field: str, text: str) -> Iterator[Cause]:
    if not text.strip():
        yield Cause.required(field)
        return
    try:
        strange = expressions.strange(text, NAMES)
    except expressions.Failed as error:
        yield Cause.invalid(field, text, f"compilation failed: {error}")
        return
    for name in strange:
        yield Cause.invalid(field, text, f"compilation failed: undeclared reference to '{name}'")
