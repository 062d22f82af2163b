"""Keys that are there twice are found with their places, and nothing else is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.apiserver.machinery.calls import Call
from loadstone.apiserver.machinery.resources import Resource
from loadstone.apiserver.routing import options
from loadstone.apiserver.wire import duplicate_keys

JSON = "application/json"
MAPS = Resource(group="", version="v1", plural="configmaps", kind="ConfigMap")


def said(body: bytes, media: str = JSON) -> list[str]:
    call = Call(
        verb="create",
        resource=MAPS,
        version="v1",
        namespace="default",
        name="",
        subresource="",
        options=options(""),
        body=body,
        content_type=media,
        accept="",
        agent="",
    )
    return [each.said for each in duplicate_keys.found(call)]


def test_the_path_is_that_of_the_real_server():
    body = b'{"a": [{"b": 1}, {"b": 1, "b": {"c": 1, "c": 2}}], "d": 1, "d": 1, "d": 1}'
    found = said(body)
    assert found == [f'duplicate field "{path}"' for path in ("a[1].b", "a[1].b.c", "d")]


def test_the_operations_of_a_json_patch_are_told_apart():
    body = b'[{"op": "test", "path": "/a", "path": "/b", "value": 1}]'
    assert said(body, "application/json-patch+json") == ['json patch duplicate field "[0].path"']


@pytest.mark.parametrize("media", ["application/yaml", "application/apply-patch+yaml"])
def test_yaml_has_lines(media):
    body = b"a: 1\nb:\n- c: 1\n  c: 2\na: 2\n"
    lines = ['line 4: key "c" already set in map', 'line 5: key "a" already set in map']
    assert said(body, media) == lines


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000, b"\xff", b'{"a": 1', b"null", b"7"])
@pytest.mark.parametrize("media", [JSON, "application/yaml"])
def test_what_cannot_be_read_has_no_duplicates(body, media):
    assert said(body, media) == []


@pytest.mark.parametrize("media", [JSON, "application/yaml"])
def test_what_is_nested_beyond_reading_is_no_failure(media):
    said(b'{"a":' * 1000 + b'{"b":1, "b":1}' + b"}" * 1000, media)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), VALUES), st.sampled_from([(",", ":"), (", ", ": ")]))
def test_an_object_that_says_all_once_has_none(document: dict[str, Any], separators):
    assert said(json.dumps(document, separators=separators).encode()) == []


@given(st.dictionaries(st.text(), VALUES, min_size=1), st.booleans())
def test_a_key_that_is_repeated_is_found_however_the_body_is_written(document, compact):
    separators = (",", ":") if compact else (", ", ": ")
    parts = [
        f"{json.dumps(key, ensure_ascii=False)}{separators[1]}"
        f"{json.dumps(value, ensure_ascii=False, separators=separators)}"
        for key, value in document.items()
    ]
    body = "{" + separators[0].join([*parts, parts[0]]) + "}"
    try:
        encoded = body.encode()
    except UnicodeEncodeError:  # a lone surrogate is no UTF-8
        return
    first = next(iter(document))
    assert f'duplicate field "{first}"' in said(encoded)
