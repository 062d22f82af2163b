"""The report on two providers: every row says what is known of it, in both formats."""

from __future__ import annotations

import pytest

from loadstone.report import similar
from tests.report.similarities import PROVIDERS, similarity


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    assert max(map(len, similar.terminal(similarity(), width=width).splitlines())) <= width


def test_both_formats_say_the_same_of_every_row() -> None:
    found = similarity()
    terminal = similar.terminal(found, width=160)
    markdown = similar.markdown(found).replace("\xa0", " ")
    for said in ("differs by", "agrees within", "not settled", "the same in every run", "too few"):
        assert said in terminal
        assert said in markdown
    for name in PROVIDERS:
        assert name in terminal
        assert name in markdown


def test_runs_that_did_not_count_are_told() -> None:
    assert "1 run on hollow did not count" in similar.terminal(similarity(), width=120)
