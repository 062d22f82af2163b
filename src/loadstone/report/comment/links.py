"""Links of a comment: to pages of ours alone, and only where the address is plain."""

from __future__ import annotations

import re

from loadstone.report.common.escape import Safe, text

# What needs no escaping in the parentheses of a link, and cannot leave them
_PLAIN = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d+)?(?:/[A-Za-z0-9._~%+,;=?&/#-]*)?", re.ASCII)
_LONGEST = 1000  # characters


def link(words: str, url: str) -> Safe:
    """The words as a link to an `http` address; "" for any other."""
    if len(url) > _LONGEST or not _PLAIN.fullmatch(url):
        return Safe()
    return Safe(f"[{text(words)}]({url})")


def small(*found: Safe) -> Safe:
    """The links that there are, in small print."""
    shown = " · ".join(each for each in found if each)
    return Safe(f"<sub>{shown}</sub>") if shown else Safe()
