"""A comparison or search that is ready to be measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loadstone import formats
from loadstone.model import Note, Plan


@dataclass(frozen=True, kw_only=True)
class Job:
    """A comparison or search that is ready to be measured."""

    plan: Plan
    component: formats.Component
    notes: Sequence[Note] = ()  # what was left out, and why
