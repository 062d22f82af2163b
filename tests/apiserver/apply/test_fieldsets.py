"""Sets of fields: the algebra that owners are reckoned with, and what documents have."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.apiserver.apply import fieldsets, merge, ownership
from loadstone.apiserver.types import kinds, type_shapes
from tests.apiserver.documents import Documents

KINDS = list(kinds.kinds())
ELEMENTS = st.sampled_from(["f:a", "f:b", 'k:{"name":"a"}', 'v:"x"'])
PATHS = st.lists(ELEMENTS, min_size=1, max_size=3).map(tuple)
SETS = st.lists(PATHS, max_size=8).map(fieldsets.build)


def members(fields: fieldsets.Fields) -> set[fieldsets.Path]:
    return set(fieldsets.paths(fields))


@given(st.lists(PATHS, max_size=8))
def test_a_set_has_the_paths_that_it_was_built_of(paths: list[fieldsets.Path]) -> None:
    assert members(fieldsets.build(paths)) == set(paths)


@given(SETS, SETS)
def test_the_algebra_is_that_of_sets_of_paths(a: fieldsets.Fields, b: fieldsets.Fields) -> None:
    assert members(fieldsets.union(a, b)) == members(a) | members(b)
    assert members(fieldsets.difference(a, b)) == members(a) - members(b)
    assert members(fieldsets.intersection(a, b)) == members(a) & members(b)


@given(SETS, SETS)
def test_nothing_changes_a_set_that_it_is_given(a: fieldsets.Fields, b: fieldsets.Fields) -> None:
    before = repr((a, b))
    for combine in (fieldsets.union, fieldsets.difference, fieldsets.intersection):
        combine(a, b)
    assert repr((a, b)) == before


@given(SETS)
def test_one_set_is_written_in_one_way(a: fieldsets.Fields) -> None:
    assert fieldsets.build(fieldsets.paths(a)) == a
    assert fieldsets.union(a, {}) == a == fieldsets.union({}, a)


def documents(seed: int, kind: Any) -> tuple[dict[str, Any], type_shapes.TypeShape]:
    shape = type_shapes.of(kind, kind.version)
    return Documents(seed).of(shape), shape


@given(st.integers(0, 1_000), st.sampled_from(KINDS))
def test_what_is_laid_over_itself_stays(seed: int, kind: Any) -> None:
    document, shape = documents(seed, kind)
    assert merge.merge(document, document, shape) == document


@given(st.integers(0, 1_000), st.sampled_from(KINDS))
def test_a_document_does_not_differ_from_itself(seed: int, kind: Any) -> None:
    document, shape = documents(seed, kind)
    assert ownership.compare(document, document, shape) == ({}, {})


@given(st.integers(0, 1_000), st.sampled_from(KINDS))
def test_a_new_object_is_owned_as_one_that_an_update_filled(seed: int, kind: Any) -> None:
    document, shape = documents(seed, kind)
    assert ownership.compare({}, document, shape) == ({}, ownership.added(document, shape))


@given(st.integers(0, 1_000), st.sampled_from(KINDS))
def test_taking_all_owned_fields_away_leaves_none(seed: int, kind: Any) -> None:
    document, shape = documents(seed, kind)
    owned = fieldsets.named(ownership.fields(document, shape), shape)
    assert ownership.fields(merge.remove(document, owned, shape), shape) == {}


def test_a_path_is_shown_as_messages_write_it() -> None:
    path = ("f:spec", "f:ports", 'k:{"port":80,"protocol":"TCP"}', "f:name")
    assert fieldsets.shown(path) == '.spec.ports[port=80,protocol="TCP"].name'


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ({"image": "x"}, "omits all key fields"),
        (None, "null element"),
        ("a", "non-map elements"),
    ],
)
def test_an_item_without_its_keys_has_no_element(item: Any, said: str) -> None:
    with pytest.raises(fieldsets.NoElement, match=said):
        fieldsets.element_of(item, {"name": None})
