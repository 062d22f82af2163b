"""The nodes of YAML: what libyaml reads is what the parser in Python reads."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from loadstone.errors import InvalidFile
from loadstone.formats import yaml_nodes
from loadstone.formats.yaml_text import Document, read

ROOT = Path(__file__).parents[2]
SHIPPED = [path for folder in ("scenarios", "components", "presets", "examples", ".github")
           for path in sorted((ROOT / folder).rglob("*.y*ml"))]  # fmt: skip
# What texts of YAML are made of; a text of any characters is rarely one.
PIECES = [
    "a", "b", "1", ": ", "- ", "\n", "\n  ", "\n    ", "{", "}", "[", "]", ", ", "'", '"', "#",
    " #", "|\n  ", ">-\n  ", "&x ", "*x", "!t ", "? ", " ", "\t", "\\", "\\n", "%", "@", "`", "é",
    "\u2028", "\x85", "\r\n", "---\n", "...\n", "<<: ", "~", "\ufeff", "=", "x: y\n", "k:\n  - ",
    "\x00", "\ud800", "😀",
]  # fmt: skip


def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_nodes, "_FAST", False)


def outcome(text: str) -> Document | str:
    try:
        return read(text, "f.yaml")
    except InvalidFile as error:
        return str(error)


def both(text: str) -> list[Document | str]:
    with pytest.MonkeyPatch.context() as patch:
        found = [outcome(text)]
        slow(patch)
        return [*found, outcome(text)]


def test_libyaml_is_there():
    assert yaml.__with_libyaml__
    assert yaml_nodes._FAST


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.relative_to(ROOT)))
def test_both_parsers_read_every_shipped_file_alike(path):
    fast, in_python = both(path.read_text())
    assert fast == in_python


@given(st.lists(st.sampled_from(PIECES), max_size=15).map("".join))
@example("a: 'x\n")
@example("a:\tb")
@example("\ufeffa: [b, c")
def test_what_both_parsers_take_says_the_same_and_mistakes_are_told_in_the_same_words(text):
    fast, in_python = both(text)
    if isinstance(fast, Document) and isinstance(in_python, Document):
        assert (fast.data, fast.keys) == (in_python.data, in_python.keys)
    elif isinstance(fast, str) and isinstance(in_python, str):
        assert fast == in_python or "tag" in fast


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 100_000, "{a: " * 100_000])
def test_nesting_without_end_is_refused_and_does_not_end_the_process(text):
    assert "nested too deeply" in str(outcome(text))
