"""Idle keep-alive connections, held open by a process of their own while steps are done.

Each connection asks once and is then left alone, as a browser's is after its page has come: the
target has made everything for it that a connection costs, and HTTP's idle timeout counts. Before
that timeout it asks again.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from loadstone.measure.load.planned_process import PlannedProcess

MODULE = "loadstone.measure.load.hold_process"
PATIENCE = 30.0  # s for an interpreter to start, and for the last connections, on a busy machine
PER_ADDRESS = 25_000  # connections from one source address: fewer than any usual port range


@dataclass(frozen=True, kw_only=True)
class HoldPlan:
    """The plan of idle connections: how many, how fast they are opened, and what they ask for."""

    target: str  # host:port
    connections: int
    rate: float  # new connections a second
    host: str = "localhost"  # of the Host header
    path: str = "/"
    again: float = 60.0  # s between questions on one connection


@dataclass(frozen=True, kw_only=True)
class HoldResult:
    """The result of holding idle connections: asked = open + lost + refused."""

    asked: int
    open: int  # at the end
    lost: int  # open once, and no longer
    refused: int = 0
    cpu: float = 0.0  # CPU seconds that holding them cost us
    example: str = ""  # why one was refused


class HeldConnections(Protocol):
    """Connections that are held, here or by pods."""

    def finish(self) -> HoldResult:
        """Count what is open, then close everything."""

    def stop(self) -> None:
        """Close everything at once. Fine at any time, and more than once."""


@runtime_checkable
class HoldingGenerator(Protocol):
    """A generator that holds connections as well, where its load comes from."""

    def hold(self, plan: HoldPlan, workdir: Path) -> HeldConnections: ...


def hold(plan: HoldPlan, workdir: Path) -> PlannedProcess[HoldResult]:
    """Open the connections; return when each has been opened or refused.

    Raises `MeasurementFailed` when the holding process itself broke.
    """
    return PlannedProcess(
        MODULE,
        plan,
        workdir / "hold.log",
        HoldResult,
        starting=plan.connections / plan.rate * 2 + PATIENCE,
        ending=PATIENCE,
    )


def quantities(result: HoldResult) -> dict[str, float]:
    """`hold.asked`, `hold.open`, `hold.lost`, `hold.refused`."""
    return {
        "hold.asked": result.asked,
        "hold.open": result.open,
        "hold.lost": result.lost,
        "hold.refused": result.refused,
    }


def source_address(number: int, target: str) -> str | None:
    """The local address of connection `number`, or None to leave that to the kernel.

    One address has some 28,000 ports for connections to one target, and all of 127.0.0.0/8 is
    ours: beyond 25,000 connections to the loopback the next ones come from 127.0.0.2, and so on.
    """
    if number < PER_ADDRESS or not target.startswith("127."):
        return None
    return f"127.0.0.{1 + number // PER_ADDRESS}"
