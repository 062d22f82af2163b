"""Lines of a metrics page, and series as a user writes them."""

from __future__ import annotations

import pytest

from loadstone.formats import exposition


@pytest.mark.parametrize(
    ("text", "name", "labels"),
    [
        ("a", "a", {}),
        ('a{b="c"}', "a", {"b": "c"}),
        ('a { b = "c" , }', "a", {"b": "c"}),
        ('{"my.metric"}', "my.metric", {}),
        ('{"my.metric",b="c"}', "my.metric", {"b": "c"}),
        ('{"a b"}', "a b", {}),
        (r'a{b="\\\"}"}', "a", {"b": '\\"}'}),
    ],
)
def test_a_series_is_a_name_and_labels(text, name, labels):
    found = exposition.series(text)
    assert (found.name, found.labels) == (name, labels)


@pytest.mark.parametrize(
    "text", ["", "a b", 'a b{c="d"}', "a 5", "{}", "a\n", "# TYPE a counter", "a{"]
)
def test_what_is_no_series_is_refused(text):
    with pytest.raises(exposition.NotASample):
        exposition.series(text)
