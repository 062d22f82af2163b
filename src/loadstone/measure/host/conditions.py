"""Conditions of the machine at both ends of a run, and whether they stayed the same.

Cheap on purpose: some files of /proc and /sys, well under a millisecond, and no sampling.

A run on another machine is void as a whole. Time that a hypervisor takes is missing in all that is
measured in time, and in the CPU time of programs, where kernels differ in whom they charge for it;
what a program holds and asks for does not depend on it. Two runs that share their time request by
request lose it alike, so a mixed pair stands more of it than a solo run.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loadstone.measure.host import machine
from loadstone.measure.host.machine import Reader, Ticks
from loadstone.model import Note, Scalar
from loadstone.model.reasons import TIMES, Part

# What must be equal before two records may be compared, beside provider and harness.
SAME = ("arch", "cpu", "cores", "cpu_quota")
STEALS = (*TIMES, Part.CPU, Part.START)
# Of the CPU time, what a hypervisor may take in a run that counts.
STOLEN = 0.05
STOLEN_OF_BOTH = 0.35  # from both sides of a mixed pair at once


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """One reading of the machine."""

    same: Mapping[str, Scalar]  # the facts called `SAME`, without those that nothing tells
    ticks: Ticks | None


def conditions(read: Reader) -> Conditions:
    """Read the conditions of this moment."""
    return Conditions(same=same(read), ticks=machine.ticks(read))


def same(read: Reader) -> dict[str, Scalar]:
    """The facts called `SAME`, as they are now."""
    found: dict[str, Scalar | None] = {
        "arch": platform.machine(),
        "cpu": machine.cpu_model(read),
        "cores": len(os.sched_getaffinity(0)),
        "cpu_quota": machine.cpu_quota(read),
    }
    return {name: value for name, value in found.items() if value is not None}


def disturbances(
    first: Conditions, before: Conditions, after: Conditions, *, allowed: float = STOLEN
) -> Sequence[Note]:
    """Reasons for which a run between two readings, or a part of it, does not count.

    `first` was read as its session began; `allowed`: the share of the CPU time that may be stolen.
    """
    return (*changed(first, before), *changed(first, after), *stolen(before, after, allowed))


def changed(before: Conditions, after: Conditions) -> list[Note]:
    """The facts that must be equal at both ends and are not."""
    names = [name for name in SAME if before.same.get(name) != after.same.get(name)]
    return [
        Note.of(
            "environment-changed", fact=name, before=_told(before, name), after=_told(after, name)
        )
        for name in names
    ]


def stolen(before: Conditions, after: Conditions, allowed: float = STOLEN) -> list[Note]:
    """A reason where the hypervisor took more than `allowed` of the time between two readings."""
    used = machine.use(before.ticks, after.ticks)
    if used is None or used.stolen <= allowed:
        return []
    return [Note.of("stolen-time", STEALS, share=used.stolen, allowed=allowed)]


def _told(at: Conditions, name: str) -> Scalar:
    return at.same.get(name, "not set")
