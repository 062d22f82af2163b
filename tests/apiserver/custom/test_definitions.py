"""Definitions of custom resources: which version is preferred, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from loadstone.apiserver.custom import definitions
from loadstone.apiserver.machinery.status import ApiError


def definition(*versions: str, **spec: Any) -> dict[str, Any]:
    schema = {"openAPIV3Schema": {"type": "object"}}
    return {
        "metadata": {"name": "widgets.example.com"},
        "spec": {
            "group": "example.com",
            "scope": "Namespaced",
            "names": {"plural": "widgets", "kind": "Widget"},
            "versions": [
                {"name": name, "served": True, "storage": not index, "schema": schema}
                for index, name in enumerate(versions)
            ],
            **spec,
        },
    }


def test_the_newest_stable_version_is_preferred() -> None:
    resource = definitions.resource_of(definition("v1beta1", "v1alpha3", "v2", "v10", "v1", "foo"))
    assert resource.served == ("v10", "v2", "v1", "v1beta1", "v1alpha3", "foo")


def test_a_new_definition_is_not_established_yet() -> None:
    document = definition("v1")
    definitions.fill(document)
    assert document["status"] == {
        "conditions": None,
        "acceptedNames": {"plural": "", "kind": ""},
        "storedVersions": ["v1"],
    }


def test_everything_wrong_with_a_definition_is_said_at_once() -> None:
    document = definition("v1", scope="Galaxy", versions=[{"name": "v1"}, {"storage": True}])
    fields = {cause.field for cause in definitions.check(document)}
    assert fields == {
        "spec.scope",
        "spec.versions[0].schema.openAPIV3Schema",
        "spec.versions[1].name",
    }


def test_conversion_webhooks_are_a_clear_error() -> None:
    with pytest.raises(ApiError) as refused:
        definitions.check(definition("v1", conversion={"strategy": "Webhook"}))
    assert (refused.value.code, refused.value.reason) == (501, "NotImplemented")
    assert "conversion webhooks" in refused.value.message
