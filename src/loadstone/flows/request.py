"""The request of a comparison: what is measured, between which revisions, and how surely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from loadstone.formats.configuration import Config
from loadstone.model import Goal, Shard


@dataclass(frozen=True, kw_only=True)
class Request:
    """A comparison as `loadstone run` and `loadstone plan` are asked for it."""

    scenarios: Sequence[str]
    component: str
    base: str
    head: str
    provider: str = "memory"
    place: str = "processes"  # where the component runs
    tier: str = "quick"
    out: Path = Path("out")
    cases: str = "*"  # a glob over case names
    seed: int = 0
    alpha: float = 0.05
    goal: Goal = Goal.DETECT
    looks: Sequence[int] = ()  # of the tier, when empty
    budget: float | None = None  # seconds; of the tier, when None
    certain: bool = False
    resume: bool = False
    generator: str = "openloop"
    shard: Shard | None = None  # the cases of this machine alone, when others have the rest
    config: Config = field(default_factory=Config)
    config_file: str = ""  # the file that was named for it
