"""Bodies in YAML, whose scalars are Go's: keys that are no text, dates, several documents."""

from __future__ import annotations

import pytest

from tests.contract.client import Answer, Collection

HEAD = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\n"


def create(maps: Collection, body: str) -> Answer:
    headers = {"Content-Type": "application/yaml"}
    return maps.api.request("POST", maps.path(), body.encode(), headers=headers)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        *[(word, "true") for word in ("on", "yes", "y", "Yes", "True", "ON")],
        *[(word, "false") for word in ("off", "no", "n", "No", "False", "OFF")],
        *[("8080", "8080"), ("-1", "-1"), ("+7", "7"), ("0x10", "16"), ("010", "8")],
        *[("0o17", "15"), ("1_000", "1000"), ("0b11", "3"), ("1.5", "1.5"), ("3.0", "3")],
        *[("1e3", "1000"), ("2020-01-01", "2020-01-01"), ('"on"', "on"), ("1_0.5", "10.5")],
    ],
)
def test_a_key_becomes_the_text_that_go_writes(maps: Collection, key: str, text: str) -> None:
    assert create(maps, f'{HEAD}data: {{{key}: "x"}}\n').ok()["data"] == {text: "x"}


@pytest.mark.parametrize("key", ["null", "~", "Null", "[a]", "{a: b}"])
def test_a_key_that_is_nothing_or_no_scalar_is_a_bad_request(maps: Collection, key: str) -> None:
    create(maps, f'{HEAD}data:\n  ? {key}\n  : "x"\n').failed(400, "BadRequest")


@pytest.mark.parametrize(
    ("value", "text"),
    [("2020-01-01", "2020-01-01"), ("!!binary aGk=", "hi"), ("2001-12-14t21:59:43.10-05:00", None)],
)
def test_dates_are_texts_and_binary_is_decoded(
    maps: Collection, value: str, text: str | None
) -> None:
    assert create(maps, f"{HEAD}data: {{a: {value}}}\n").ok()["data"] == {"a": text or value}


@pytest.mark.parametrize("value", ["on", "8080", "1.5", "0x10"])
def test_a_value_that_is_no_text_is_refused_where_a_text_belongs(
    maps: Collection, value: str
) -> None:
    found = create(maps, f"{HEAD}data: {{a: {value}}}\n").failed(400, "BadRequest")
    assert "into Go struct field ConfigMap.data of type string" in found["message"]


def test_the_first_document_counts(maps: Collection) -> None:
    assert create(maps, f'{HEAD}data: {{a: "b"}}\n---\nkind: Other\n').ok()["data"] == {"a": "b"}


def test_one_key_in_two_ways_is_there_twice(maps: Collection) -> None:
    answer = create(maps, f'{HEAD}data: {{yes: "1", "on": "2", y: "3"}}\n')
    assert answer.ok()["data"] == {"true": "3", "on": "2"}
    assert "line 4: key true already set in map" in answer.headers["Warning"]


@pytest.mark.parametrize("body", ["- a\n", "text", "a: b: c", "", "\t", "[" * 2000, "&a [*a]", "%"])
def test_what_is_no_object_is_a_bad_request(maps: Collection, body: str) -> None:
    assert create(maps, body).status in (400, 422)


def test_the_same_holds_for_server_side_apply(maps: Collection) -> None:
    body = f'{HEAD}data: {{8080: "x", on: "y"}}\n'.encode()
    applied = maps.patch("a", body, "apply", fieldManager="me").ok()
    assert applied["data"] == {"8080": "x", "true": "y"}
