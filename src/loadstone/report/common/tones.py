"""Tones of lines: good, bad, calm, unsure, void; each format has its own sign for them."""

from __future__ import annotations

from enum import StrEnum


class Tone(StrEnum):
    """The tone of a line: what a colour or a mark stands for."""

    GOOD = "good"
    BAD = "bad"
    CALM = "calm"
    UNSURE = "unsure"
    VOID = "void"  # no trustworthy number
