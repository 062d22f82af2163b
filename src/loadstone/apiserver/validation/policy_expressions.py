"""Validation of the CEL expressions in policies and webhooks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from loadstone.apiserver.admission import expressions
from loadstone.apiserver.machinery.causes import Cause
from loadstone.apiserver.machinery.documents import Document

NAMES = frozenset(
    {"object", "oldObject", "request", "params", "namespaceObject", "variables", "authorizer"}
)


def check(document: Document) -> list[Cause]:
    """The errors of the expressions of a policy, or of a webhook."""
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
    except expressions.ExpressionError as error:
        yield Cause.invalid(field, text, f"compilation failed: {error}")
        return
    for name in strange:
        yield Cause.invalid(field, text, f"compilation failed: undeclared reference to '{name}'")
