"""Profiles of a run: whose each is, by its name, and the rounds in which they are taken."""

from __future__ import annotations

ALTERNATE = "alternate"  # a workload's `profiled`: in every other round
_OF = " of "


def of_process(kind: str, process: str) -> str:
    """The name of a kind of profile of one process, such as `cpu of envoy`; "" is the only one."""
    return f"{kind}{_OF}{process}" if process else kind


def parted(name: str) -> tuple[str, str]:
    """The kind of a profile, and the process that it is of, "" for the only one."""
    kind, _, process = name.partition(_OF)
    return kind, process


def in_round(profiled: str, number: int) -> bool:
    """Whether profiles are taken in a round, by what a workload says of them.

    `number`: of those of its design (`CasePlan.turn`), so that a solo round among mixed ones takes
    none away.
    Of every two rounds of those that alternate one is with and one without, in turn the one first
    and the other, so that a drift of the machine falls on both.
    """
    return profiled != ALTERNATE or number % 4 in (0, 1)
