"""Versions of packages, as pip understands them."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence

from packaging.version import InvalidVersion, Version

_NEAR = 6  # versions that are offered instead


def version(text: str) -> Version | None:
    """The version that `text` is, if it is one and nothing else."""
    try:
        return Version(text) if text == text.strip() else None
    except InvalidVersion:
        return None


def release(text: str) -> bool:
    """Whether `text` is written as releases are, and cannot be the beginning of a hash."""
    found = version(text)
    return found is not None and not found.local and "." in text


def near(asked: str, known: Sequence[str]) -> list[str]:
    """The versions next to the one that was asked for, rising; the newest where it is beyond them.

    One that differs in the place of its dots comes first. Drafts of releases count where nothing
    else is known, or one was asked for.
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
    digits = asked.removeprefix("v").replace(".", "")
    alike = [each for each in rising if each.replace(".", "") == digits and each not in beside]
    return [*alike[-1:], *beside]
