"""Tones: how a line should feel, whatever a format shows it with."""

from __future__ import annotations

from enum import StrEnum


class Tone(StrEnum):
    """How a line should feel: what a colour or a mark stands for."""

    GOOD = "good"
    BAD = "bad"
    CALM = "calm"
    UNSURE = "unsure"
    VOID = "void"  # no trustworthy number
