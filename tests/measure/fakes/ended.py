"""A process of a component that has ended during a run."""

from __future__ import annotations

from dataclasses import dataclass

from loadstone.protocols import ContainerUsage


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A `RunningProcess` that is none any more: its exit status, and all that it printed."""

    status: int
    said: str = ""
    name: str = ""
    pid: int = 0
    start_seconds: float = 0.1

    def exited(self) -> int | None:
        return self.status

    def fill(self, text: str) -> str:
        return text

    def tail(self, lines: int = 20) -> str:
        return "\n".join(self.said.splitlines()[-lines:])

    def usage(self) -> ContainerUsage | None:
        return None
