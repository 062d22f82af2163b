"""Facts: a name and a value, of an environment, a configuration or a revision."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A name and its value."""

    name: str
    value: str
