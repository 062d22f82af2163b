"""The fit into a room: never above it, folds before tables, tables before the verdict."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from loadstone.report.comment.fit import COMPONENTS, TABLES, fitted
from loadstone.report.comment.parts import Fold, FoldKind, Lines, SectionText
from loadstone.report.comment.share import OPEN, shares
from loadstone.report.common.escape import Safe

COUNTS = st.lists(st.integers(0, 400), min_size=1, max_size=6)


def section(number: int, rows: int) -> SectionText:
    folds = [
        Fold(kind=part, summary=Safe(part.value), blocks=[Lines(lines=[Safe("x" * 40)] * rows)])
        for part in FoldKind
    ]
    return SectionText(
        title=Safe(f"title {number}"), lead=Safe("lead"), pieces=[Safe("table " * 20), *folds]
    )


@given(COUNTS, st.integers(100, 200_000))
def test_a_text_fits_whatever_it_is_made_of(counts, room):
    sections = [section(number, rows) for number, rows in enumerate(counts)]
    found = fitted(sections, room)

    assert len(found.text) <= room
    whole = fitted(sections, 10**9)
    assert whole.left_out == ()
    assert bool(found.left_out) == (found.text != whole.text)


@given(COUNTS, st.integers(100, 200_000))
def test_bytes_are_counted_where_bytes_are_the_limit(counts, room):
    sections = [section(number, rows) for number, rows in enumerate(counts)]

    text = fitted(sections, room, measure=lambda each: len(each.encode())).text
    assert len(text.encode()) <= room


def test_folds_give_way_in_their_order_before_any_table_does():
    sections = [section(0, 50)]
    seen: list[str] = []
    for room in (*range(60_000, 0, -97), 5):
        for name in fitted(sections, room).left_out:
            if name not in seen:
                seen.append(name)
    assert seen == [*(part.value for part in FoldKind), TABLES, COMPONENTS]


def test_the_verdict_stays_when_everything_else_has_gone():
    text = fitted([section(0, 400), section(1, 400)], 60).text

    assert text == "#### title 0\nlead" or text.startswith("### title 0\nlead")


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 5)), max_size=8), st.integers(0, OPEN))
def test_shares_never_exceed_the_screen_nor_what_is_wanted(tables, most):
    wanted = [want for want, _ in tables]
    least = [low for _, low in tables]
    given_ = shares(wanted, least, most)

    assert sum(given_) == min(most, sum(wanted))
    assert all(0 <= got <= want for got, want in zip(given_, wanted, strict=True))
    if sum(min(low, want) for want, low in tables) <= most:
        assert all(got >= min(low, want) for got, (want, low) in zip(given_, tables, strict=True))
