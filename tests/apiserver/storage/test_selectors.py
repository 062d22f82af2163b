"""Selectors: the whole grammar, and what is wrong with the rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.apiserver.machinery.resources import Resource
from loadstone.apiserver.machinery.status import ApiError
from loadstone.apiserver.storage import selectors
from loadstone.apiserver.storage.objects import StoredObject

PODS = Resource(
    group="",
    version="v1",
    plural="pods",
    kind="Pod",
    fields={"spec.nodeName": ("spec", "nodeName")},
)
KEYS = st.sampled_from(["app", "tier", "example.com/zone"])
VALUES = st.sampled_from(["", "a", "b", "c-1"])
LABELS = st.dictionaries(KEYS, VALUES)


def stored(labels: dict[str, str], node: str = "") -> StoredObject:
    return StoredObject(
        namespace="ns",
        name="a",
        uid="u",
        revision=1,
        tail=b"}",
        labels=labels,
        fields={"spec.nodeName": node},
    )


def matches(labels: dict[str, str], text: str, fields: str = "", node: str = "") -> bool:
    selector = selectors.selector(PODS, text, fields)
    return selector is None or selector(stored(labels, node))


@given(LABELS, KEYS, VALUES)
def test_equality_and_its_opposite(labels: dict[str, str], key: str, value: str) -> None:
    equal = key in labels and labels[key] == value
    assert matches(labels, f"{key}={value}") is equal
    assert matches(labels, f"{key}=={value}") is equal
    assert matches(labels, f"{key}!={value}") is not equal


@given(LABELS, KEYS, st.lists(VALUES, min_size=1))
def test_sets_and_their_opposite(labels: dict[str, str], key: str, values: list[str]) -> None:
    inside = key in labels and labels[key] in values
    listed = ",".join(values)
    if listed:
        assert matches(labels, f"{key} in ({listed})") is inside
        assert matches(labels, f"{key} notin ({listed})") is not inside


@given(LABELS, KEYS)
def test_existence_and_its_opposite(labels: dict[str, str], key: str) -> None:
    assert matches(labels, key) is (key in labels)
    assert matches(labels, f"!{key}") is (key not in labels)


@given(LABELS, KEYS, KEYS, VALUES)
def test_requirements_are_all_required(
    labels: dict[str, str], one: str, other: str, value: str
) -> None:
    both = matches(labels, one) and matches(labels, f"{other}!={value}")
    assert matches(labels, f"{one}, {other} != {value}") is both


@pytest.mark.parametrize(
    "text", ["a in b", "a in (", "=a", "a==b==c", "a notin ()", "a,,b", "a,", "-a", "a=b c", "a>x"]
)
def test_what_cannot_be_parsed_is_a_bad_request(text: str) -> None:
    with pytest.raises(ApiError) as refused:
        selectors.selector(PODS, text, "")
    assert refused.value.code == 400


def test_fields_select_by_equality() -> None:
    assert matches({}, "", "spec.nodeName=n1,metadata.name=a", node="n1")
    assert not matches({}, "", "spec.nodeName!=n1", node="n1")


def test_a_field_that_is_not_selectable_is_refused_in_the_words_of_the_real_server() -> None:
    with pytest.raises(ApiError) as refused:
        selectors.selector(PODS, "", "spec.hostname=x")
    assert (refused.value.code, refused.value.message) == (
        400,
        "field label not supported: spec.hostname",
    )
