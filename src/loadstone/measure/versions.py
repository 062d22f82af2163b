"""Versions of packages, as pip understands them."""

from __future__ import annotations

import difflib
from bisect import bisect
from collections.abc import Sequence

from packaging.version import InvalidVersion, Version

_NEAR = 6


def version(text: str) -> Version | None:
    """The version that `text` is, if it is one and nothing else."""
    try:
        return Version(text) if text == text.strip() else None
    except InvalidVersion:
        return None


def release(text: str) -> bool:
    """Whether `text` can only be a version, and not the beginning of a commit's hash."""
    found = version(text)
    return found is not None and not found.local and ("." in text or len(text) < 4)


def near(asked: str, known: Sequence[str]) -> list[str]:
    """The versions next to the one that was asked for, rising; the newest where it is beyond them.

    One that is spelt almost the same comes first. Drafts of releases count where nothing else is
    known, or one was asked for.
    """
    wanted = version(asked)
    read = {each: found for each in known if (found := version(each))}
    if wanted is None or not wanted.is_prerelease:
        read = {each: found for each, found in read.items() if not found.is_prerelease} or read
    rising = sorted(read, key=lambda each: read[each])
    if wanted is None:
        return rising[-_NEAR:]
    place = bisect([read[each] for each in rising], wanted)
    first = max(0, min(place - _NEAR // 2, len(rising) - _NEAR))
    beside = rising[first : first + _NEAR]
    alike = difflib.get_close_matches(asked.removeprefix("v"), rising, n=1, cutoff=0.75)
    return list(dict.fromkeys([*(each for each in alike if each not in beside), *beside]))
