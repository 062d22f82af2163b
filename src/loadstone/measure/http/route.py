"""A route of the component under test: a GET request, and what a right answer to it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Route:
    """A GET request, and what a right answer to it is."""

    host: str  # of the header; where it is sent, the connection knows
    path: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)  # that a right answer has

    @property
    def url(self) -> str:
        return f"http://{self.host}{self.path}"
