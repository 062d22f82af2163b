"""Decoding: a right file is taken by its type, a wrong one is told all that the schema finds."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from loadstone.errors import InvalidFile
from loadstone.formats import Component, Preset, Scenario
from loadstone.formats.decode import decode
from loadstone.formats.fields import Seconds, Spec
from loadstone.formats.schema import strict_schema
from loadstone.formats.schema_problems import humane
from loadstone.formats.yaml_text import read

ROOT = Path(__file__).parents[2]
SHIPPED = [
    *((Component, path) for path in sorted(ROOT.glob("components/*.yaml"))),
    *((Preset, path) for path in sorted(ROOT.glob("presets/*.yaml"))),
    *((Scenario, path) for path in sorted(ROOT.glob("scenarios/**/*.yaml"))),
]


class Tea(Spec, frozen=True, kw_only=True):
    """A format for these tests."""

    sort: str
    sugar: int | None = None
    brewed: Seconds = 0.0


def tea(text: str) -> Tea:
    return decode(text, "tea.yaml", Tea, checks=lambda *_: ())


def test_a_right_file_is_what_it_says_in_base_units():
    assert tea("sort: green\nbrewed: 3min\n") == Tea(sort="green", brewed=180.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sort: green\nsugar:\n", ["tea.yaml:2:7"]),
        ("sort: green\nsuger: 2\n", ["tea.yaml:2:1: unknown key `suger` (did you mean `sugar`?)"]),
        ("sort: 3\nbrewed: 3kB\n", ["tea.yaml:1:7", "tea.yaml:2:9: `3kB` is no such amount"]),
        ("sugar: much\nbrewed: -1\n", ["tea.yaml:1:1", "tea.yaml:1:8", "tea.yaml:2:9"]),
    ],
)
def test_a_wrong_file_is_told_everything_at_once(text, said):
    with pytest.raises(InvalidFile) as caught:
        tea(text)
    found = [f"{each.where}: {each.what} ({each.hint})" for each in caught.value.problems]
    assert len(found) == len(said)
    assert all(one.startswith(other) for one, other in zip(found, said, strict=True)), found


@pytest.mark.parametrize(("kind", "path"), SHIPPED, ids=lambda each: getattr(each, "stem", None))
def test_what_a_type_takes_its_schema_takes_too(kind, path):
    document = read(path.read_text(), path.name)
    assert list(humane(document, strict_schema(kind))) == []
    jsonschema.Draft202012Validator(strict_schema(kind)).validate(document.data)
