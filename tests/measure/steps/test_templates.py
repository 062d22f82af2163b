"""Rendering: what a template becomes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone import formats
from loadstone.errors import InvalidFile
from loadstone.formats.fill import fill, fill_text
from loadstone.measure.steps.templates import Backend, Copy, Renderer

NAMES: dict[str, str | int] = {"i": 7, "backend": "s1"}
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet="abc $", max_size=5),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(alphabet="abc"), inner),
)


def renderer(**check: object) -> Renderer:
    template = formats.Template(
        objects=[{"kind": "Service", "spec": {"port": "${backend_port}", "n": "r${i}-${version}"}}],
        check=formats.Check(host="r${i}.test", path="/v${version}/body/${body}", **check)  # type: ignore[arg-type]
        if check is not None
        else None,
    )
    backends = [Backend(name=f"s{k}", host="127.0.0.1", port=9000 + k) for k in range(2)]
    bare = formats.Template(objects=[])
    return Renderer(templates={"route": template, "bare": bare}, backends=backends, body=600)


@pytest.mark.parametrize(
    ("value", "filled"),
    [
        ("${i}", 7),
        ("r${i}", "r7"),
        ("${i}${i}", "77"),
        ({"${backend}": ["${i}", {"a": "${backend}"}]}, {"s1": [7, {"a": "s1"}]}),
        ("$i {i} $$", "$i {i} $$"),
    ],
)
def test_a_string_that_is_only_a_name_keeps_the_type_of_its_value(value, filled):
    assert fill(value, NAMES) == filled


@settings(deadline=None)
@given(PLAIN)
def test_what_names_nothing_is_left_as_it_is(value):
    assert fill(value, NAMES) == value


def test_a_string_of_a_check_stays_a_string():
    assert fill_text("${i}", NAMES) == "7"


def test_an_unknown_name_is_an_error_that_lists_the_known_ones():
    with pytest.raises(InvalidFile) as caught:
        fill("${port} of ${backnd}", NAMES)
    assert len(caught.value.problems) == 2
    assert "backend, i" in caught.value.next_step


def test_copies_are_spread_over_the_backends_in_turn():
    found = [renderer().objects(Copy(template="route", i=i))[0]["spec"] for i in range(3)]
    assert [each["port"] for each in found] == [9000, 9001, 9000]


def test_a_change_makes_another_version_of_the_same_copy():
    copy = Copy(template="route", i=3).changed()
    assert renderer().objects(copy)[0]["spec"]["n"] == "r3-2"
    assert renderer().route(copy).path == "/v2/body/600"


def test_a_load_may_ask_for_another_body_than_the_checks_do():
    assert renderer().route(Copy(template="route", i=0), body=22000).path == "/v1/body/22000"


def test_a_template_without_a_check_cannot_be_asked():
    with pytest.raises(InvalidFile, match=r"templates\.bare"):
        renderer().route(Copy(template="bare", i=0))
