"""Sanitised text: names, versions, labels and reasons from outside, safe in every renderer.

They come from files and programs of a pull request that nobody has reviewed. What is left here is
one line of visible characters; what a renderer's own syntax would make of them (Markdown, HTML,
XML) is that renderer's to escape.
"""

from __future__ import annotations

import unicodedata

MOST = 200  # characters of one name or sentence from outside
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_REPLACEMENT = "�"


def plain(text: object, *, most: int = MOST) -> str:
    """`text` on one line, without control, direction-changing and invisible characters.

    Those become U+FFFD, so that a reader sees that something was there; runs of white space become
    one space; what is longer than `most` characters ends in an ellipsis.
    """
    line = " ".join(str(text)[: 4 * most].split())
    shown = "".join(_REPLACEMENT if _hidden(character) else character for character in line)
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def _hidden(character: str) -> bool:
    if character.isascii():
        return character < " " or character == "\x7f"
    return unicodedata.category(character) in _HIDDEN
