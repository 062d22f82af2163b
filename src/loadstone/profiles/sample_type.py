"""The sample type by which the profiles of two sides are compared. Pure.

Go calls what a heap profile holds `inuse_space`, Node `space`; a CPU profile of Python may hold
`samples` and nothing else. Where the usual type of a kind is not there, one that says the same sort
of thing is taken, and named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from loadstone.profiles.pprof import Profile

TYPES: Mapping[str, str] = {
    "cpu": "cpu",
    "profile": "cpu",
    "heap": "inuse_space",
    "allocs": "alloc_space",
    "goroutine": "goroutine",
    "threadcreate": "threadcreate",
    "block": "delay",
    "mutex": "delay",
}
_UNITS: Mapping[str, str] = {
    "cpu": "s",
    "inuse_space": "By",
    "alloc_space": "By",
    "delay": "s",
}
# What a type that takes the place of the usual one is called, the best first.
_ALIKE: Mapping[str, Sequence[str]] = {
    "cpu": ("cpu", "wall"),
    "inuse_space": ("inuse", "in_use", "live", "heap"),
    "alloc_space": ("alloc",),
    "delay": ("delay", "lock", "wait"),
}


def choose(base: Sequence[Profile], head: Sequence[Profile], kind: str) -> str:
    """The name of the sample type by which to compare profiles of a kind.

    It is in all of them, with the same base unit: the usual one of the kind, or else one of the
    same dimension, or else a count. Of several, the one whose name says most, then the profiles'
    default, then the last. Raises `ValueError` when there is none.
    """
    usual = TYPES.get(kind, "")
    shared = _shared([*base, *head])
    if usual in shared:
        return usual
    wanted = _UNITS.get(usual)
    fitting = [name for name, unit in shared.items() if wanted in (unit, None)]
    fitting = fitting or [name for name, unit in shared.items() if unit == "1"]
    if not fitting:
        raise ValueError(_nothing(base, head, usual))
    for word in _ALIKE.get(usual, ()):
        alike = [name for name in fitting if word in name]
        if alike:
            return alike[0]
    default = head[-1].default
    return default if default in fitting else fitting[-1]


def other(chosen: str, kind: str) -> str:
    """The chosen type where it is not the usual one of the kind, else nothing."""
    return "" if chosen == TYPES.get(kind, "") else chosen


def _shared(profiles: Sequence[Profile]) -> Mapping[str, str]:
    """Name → base unit, of the types that all of them have, in the order of the first."""
    each = [{kind.name: kind.base_unit for kind in profile.types} for profile in profiles]
    return {
        name: unit
        for name, unit in each[0].items()
        if all(types.get(name) == unit for types in each)
    }


def _nothing(base: Sequence[Profile], head: Sequence[Profile], usual: str) -> str:
    before, after = (_names(profiles) for profiles in (base, head))
    wanted = f"`{usual}`" if usual else "type"
    if before == after:
        return f"the profiles have no {wanted}, only {after}"
    return f"the base's profiles have {before}, the head's {after}: no type in common"


def _names(profiles: Sequence[Profile]) -> str:
    types = {kind.name: kind.unit for profile in profiles for kind in profile.types}
    return ", ".join(f"{name} in {unit}" if unit else name for name, unit in types.items())
