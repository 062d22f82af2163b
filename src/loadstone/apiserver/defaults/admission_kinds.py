"""Defaults of admission policies and webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loadstone.apiserver.machinery.documents import Document

_WEBHOOK = {"failurePolicy": "Fail", "timeoutSeconds": 10}


def policy(document: Document, state: Any) -> None:  # noqa: ARG001
    """Defaults of a ValidatingAdmissionPolicy."""
    spec = document.get("spec")
    if isinstance(spec, dict):
        spec.setdefault("failurePolicy", "Fail")
        _constraints(spec.get("matchConstraints"))


def binding(document: Document, state: Any) -> None:  # noqa: ARG001
    """Defaults of its binding."""
    _constraints((document.get("spec") or {}).get("matchResources"))


def validating(document: Document, state: Any) -> None:  # noqa: ARG001
    """Defaults of a ValidatingWebhookConfiguration."""
    _webhooks(document, {})


def mutating(document: Document, state: Any) -> None:  # noqa: ARG001
    """Defaults of a MutatingWebhookConfiguration."""
    _webhooks(document, {"reinvocationPolicy": "Never"})


def _webhooks(document: Document, more: Mapping[str, Any]) -> None:
    for webhook in document.get("webhooks") or ():
        _open(webhook, {**_WEBHOOK, **more})
        _constraints(webhook, rules="rules")
        service = (webhook.get("clientConfig") or {}).get("service")
        if isinstance(service, dict):
            service.setdefault("port", 443)


def _constraints(found: Any, rules: str = "resourceRules") -> None:
    if not isinstance(found, dict):
        return
    _open(found, {"matchPolicy": "Equivalent", "namespaceSelector": {}, "objectSelector": {}})
    for field in (rules, "excludeResourceRules"):
        for rule in found.get(field) or ():
            rule.setdefault("scope", "*")


def _open(holder: dict[str, Any], defaults: Mapping[str, Any]) -> None:
    for name, value in defaults.items():
        holder.setdefault(name, dict(value) if isinstance(value, dict) else value)
