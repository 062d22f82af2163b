"""What earlier runs of the same suite in the same environment taught about noise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

HISTORY_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class History:
    """A noise model. `scales`: "case metric" → typical scale of one round's log-ratio."""

    scales: Mapping[str, float] = field(default_factory=dict)
    reports: int = 0
    version: int = HISTORY_VERSION
