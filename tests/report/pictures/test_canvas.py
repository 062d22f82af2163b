"""The canvas: text stays text, and numbers in it stay as they are."""

from __future__ import annotations

import pytest

from loadstone.report.pictures import canvas
from tests.report import samples


@pytest.mark.parametrize("hostile", samples.HOSTILE)
def test_text_in_a_picture_is_text(hostile):
    svg = canvas.draw(
        "x",
        title=hostile,
        description=hostile,
        height=1.0,
        paint=lambda axes: axes.text(0, 0, hostile[:80].replace("\x1b", "").replace("\x07", "")),
    )

    assert "<img" not in svg
    assert "<script" not in svg
    assert svg.count("<svg") == svg.count("</svg>") == 1


def test_numbers_in_a_text_are_not_rounded_like_coordinates():
    svg = canvas.draw(
        "x",
        title="t",
        description="d",
        height=1.0,
        paint=lambda axes: axes.text(0, 0, "0.00123 #010e01"),
    )

    assert ">0.00123 #010e01<" in svg
