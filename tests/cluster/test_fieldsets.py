"""Sets of fields: two ways of making them agree, and they survive FieldsV1."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from loadstone.cluster.memory import fieldsets
from loadstone.cluster.memory.resources import Resource

PODS = Resource(group="", version="v1", plural="pods", kind="Pod")
KEYS = fieldsets.keys_of(PODS, "v1")
NAMES = st.sampled_from(["name", "image", "env", "labels", "spec", "data"])
PLAIN = st.one_of(st.integers(), st.text(max_size=3), st.booleans())
NAMED = st.fixed_dictionaries({"name": st.sampled_from("abc")}, optional={"value": PLAIN})
VALUES: st.SearchStrategy[Any] = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.dictionaries(NAMES, inner, max_size=3),
        st.fixed_dictionaries(
            {"containers": st.lists(NAMED, max_size=3, unique_by=lambda item: item["name"])}
        ),
    ),
    max_leaves=12,
)
DOCUMENTS = st.builds(
    lambda metadata, spec: {"metadata": {"name": "a", **metadata}, "spec": spec},
    st.fixed_dictionaries(
        {}, optional={"labels": st.dictionaries(st.sampled_from("ab"), st.text(max_size=2))}
    ),
    VALUES,
)


@given(DOCUMENTS)
def test_the_fast_way_and_the_set_agree(document: dict[str, Any]) -> None:
    slow = fieldsets.fields_of(document, KEYS)
    assert fieldsets.from_json(fieldsets.json_of(document, KEYS)) == slow


@given(DOCUMENTS)
def test_a_set_survives_its_json(document: dict[str, Any]) -> None:
    fields = fieldsets.fields_of(document, KEYS)
    assert fieldsets.from_json(fieldsets.to_json(fields)) == fields


@given(DOCUMENTS)
def test_every_field_is_found_in_its_document(document: dict[str, Any]) -> None:
    for path in fieldsets.fields_of(document, KEYS):
        fieldsets.value_at(document, path)


@given(DOCUMENTS)
def test_what_is_laid_over_itself_stays(document: dict[str, Any]) -> None:
    assert fieldsets.merge(document, document, KEYS) == document


def test_a_path_is_shown_as_messages_write_it() -> None:
    path = ("f:spec", "f:ports", 'k:{"port":80,"protocol":"TCP"}', "f:name")
    assert fieldsets.shown(path) == '.spec.ports[port=80,protocol="TCP"].name'
