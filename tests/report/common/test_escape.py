"""No text from outside becomes Markdown: parsed by a parser, searched as GitHub searches."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from loadstone.report.common import escape
from loadstone.report.common.plain import plain
from tests.report.samples import HOSTILE

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
PIECES = st.sampled_from(
    [
        "@", "#1", "GH-", "7", "[", "]", "(", ")", "!", "<", ">", "/", "|", "`", "```", "*", "_",
        "~~", "\\", "&", ";", "&#", "lt", "http://", "www.", "a.example", "a", " ", "\n", "- ",
        "+ ", "1. ", "1) ", "=", "---", "$", "x", "<!--", "-->", ":", "rocket", "[+1, +2]", "^",
        "\u202e",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=14).map("".join), st.sampled_from(HOSTILE))
# What GitHub looks for in the text of a rendered comment, outside code.
SEARCHED = (
    re.compile(r"(?<![\w`])@[\w-]"),
    re.compile(r"#\d"),
    re.compile(r"(?i)\bgh-\d"),
    re.compile(r"(?i)\w+://"),
    re.compile(r"(?i)\bwww\.\w"),
    re.compile(r"[\w.+-]+@[\w-]+\.\w"),
    re.compile(r":[a-z0-9_+-]+:", re.IGNORECASE),
)
ALLOWED = {"paragraph_open", "paragraph_close", "inline", "text", "text_special"}


def tokens(markdown: str) -> list[Token]:
    found = []
    for token in PARSER.parse(markdown):
        found += [token, *(token.children or [])]
    return found


def visible(markdown: str) -> str:
    return "".join(token.content for token in tokens(markdown) if token.type.startswith("text"))


@given(TEXTS)
def test_a_text_from_outside_is_a_paragraph_of_text_and_nothing_else(hostile):
    markdown = escape.text(plain(hostile))

    assert {token.type for token in tokens(markdown)} <= ALLOWED


@given(TEXTS)
def test_it_reads_as_it_was_written(hostile):
    shown = visible(escape.text(plain(hostile)))

    assert shown.replace("\u200b", "") == plain(hostile)


@given(TEXTS)
def test_it_mentions_refers_to_and_links_to_nothing(hostile):
    shown = visible(escape.text(plain(hostile)))

    assert not [pattern.pattern for pattern in SEARCHED if pattern.search(shown)]


@given(TEXTS, TEXTS, TEXTS)
def test_a_row_keeps_its_columns(first, second, third):
    cells = [escape.cell(plain(first)), escape.code(plain(second)), escape.text(plain(third))]
    table = f"| a | b | c |\n|---|---|---|\n| {' | '.join(cells)} |\n"
    found = tokens(table)

    assert sum(token.type == "td_open" for token in found) == 3
    assert sum(token.type == "tr_open" for token in found) == 2
    html = [token.content for token in found if token.type == "html_inline"]
    assert html in ([], ["<code>", "</code>"])
    assert not {"link_open", "image", "em_open", "strong_open", "s_open", "code_inline"} & {
        token.type for token in found
    }


@given(TEXTS, TEXTS)
def test_two_texts_beside_each_other_do_not_make_one_link(first, second):
    markdown = f"{escape.text(plain(first))}: {escape.text(plain(second))}"

    assert {token.type for token in tokens(markdown)} <= ALLOWED
    shown = visible(markdown).replace("\u200b", "")
    assert shown == f"{plain(first)}: {plain(second)}".strip()


@given(TEXTS)
def test_a_block_of_code_holds_it_all(hostile):
    found = tokens(escape.block(plain(hostile)))

    assert [token.type for token in found] == ["fence"]
    assert found[0].content.rstrip("\n") == plain(hostile)


@pytest.mark.parametrize(
    ("given_text", "written"),
    [
        ("▲ +3.1 % [+1.9, +4.2]", "▲ +3.1 % [+1.9, +4.2]"),
        ("connections=50, body=600", "connections=50, body=600"),
        ("rss_peak", r"rss\_peak"),
        ("[+1.9, +4.2](https://x)", r"\[+1.9, +4.2\](https:&#8203;//x)"),
        ("3.7.15", "3.7.15"),
        ("@team", "@&#8203;team"),
    ],
)
def test_what_is_harmless_stays_legible_in_the_source(given_text, written):
    assert escape.text(given_text) == written
