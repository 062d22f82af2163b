"""Likeness of two providers: one revision, one scenario, and by how much their metrics differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from loadstone.model.judgement import Estimate, Interval, Summary
from loadstone.model.plan import Plan
from loadstone.model.values import Environment, Metric

SIMILAR_VERSION = 1


class Likeness(StrEnum):
    """What is known of a metric on two providers, with the confidence of its interval."""

    SAME = "same"  # equal in every pair of runs
    AGREES = "agrees"  # within the metric's margin
    DIFFERS = "differs"  # by more than the margin
    OPEN = "open"  # the interval has both in it
    MISSING = "missing"  # too few pairs that count


@dataclass(frozen=True, kw_only=True)
class SimilarRow:
    """One metric of one case on both providers.

    `ratio`: of the second to the first less 1, over pairs of runs. Where a value is 0 there is
    none, and `difference`, second less first in the unit of the metric, is held against its
    `minimum` instead.
    """

    case: str
    metric: Metric
    likeness: Likeness
    n: int = 0  # pairs
    first: Summary | None = None
    second: Summary | None = None
    ratio: Interval | None = None
    difference: Estimate | None = None


@dataclass(frozen=True, kw_only=True)
class Similarity:
    """A scenario measured on two providers by turns, with one revision of a component."""

    plan: Plan  # its base is the first provider, its head the second
    environment: Environment
    providers: tuple[str, str]
    versions: tuple[str, str]  # what else tells one cluster from another; "" for nothing
    rounds: int
    rows: Sequence[SimilarRow]
    failed: tuple[int, int]  # runs of each that do not count
    started: str
    finished: str
    version: int = SIMILAR_VERSION
