"""Causes: stacks cut off where the machine room begins, so that costs are those of who asked.

`Reconcile → bytes.growSlice → runtime.growslice → runtime.mallocgc → runtime.gcAssistAlloc` becomes
`Reconcile → bytes.growSlice`, and the cost is one of allocation: what the first generic function
was for, not where in it the sample fell. A stack that is machine room from top to bottom, as of the
collector's own threads, becomes one function in brackets, whatever its toolchain calls them.

What a program does to answer for its profiles is nobody's: the measurement asked for it, and as it
is large in memory and there or not as a collection falls, it would be taken for a change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loadstone.profiles import machine_room
from loadstone.profiles.frames import Stack
from loadstone.profiles.machine_room import RoomSort

NOBODY = "[{}]"  # how a function is called that stands for a part of the machine room


@dataclass(frozen=True, slots=True)
class StackCause:
    """A stack down to the last function that is nobody's machine room, and what it cost there.

    Empty where the program was being profiled.
    """

    stack: Stack
    room: RoomSort | None = None  # None: its own code
    lines: Sequence[int] = ()  # of the same functions, 0 where not known


def cause(stack: Stack, lines: Sequence[int] = (), *, sorts: bool = True) -> StackCause:
    """The cause of a stack, the outermost caller first.

    `sorts`: whether the machine room's own work is told apart by what it was for.
    """
    if any(map(machine_room.profiling, stack)):
        return StackCause(stack=())
    last = len(stack)
    while last and machine_room.generic(stack[last - 1]):
        last -= 1
    if last == len(stack):
        return StackCause(stack=stack, lines=lines)
    room = _room(stack[last:])
    if not last:
        named = room if sorts else RoomSort.OTHER
        return StackCause(stack=(NOBODY.format(named.value),), room=room)
    return StackCause(stack=stack[:last], room=room, lines=lines[:last])


def _room(generic: Stack) -> RoomSort:
    """What the generic functions were called for: the first of them that says so."""
    rooms = (machine_room.kind(name) for name in generic)
    return next((room for room in rooms if room is not RoomSort.OTHER), RoomSort.OTHER)
