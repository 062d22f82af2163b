"""An index of the objects of some kinds, as they are now: by name, and by label. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from loadstone.measure.expectations.expected import CopyExpectation, ObjectKind, ObjectName, name_of

Thing = Mapping[str, Any]
Label = tuple[ObjectKind, str, str]


class ObjectIndex:
    """An index of objects that are told one by one. Not safe from several threads."""

    def __init__(self) -> None:
        self._things: dict[tuple[ObjectKind, ObjectName], Thing] = {}
        self._labelled: defaultdict[Label, dict[ObjectName, None]] = defaultdict(dict)

    def told(self, kind: ObjectKind, thing: Thing, *, gone: bool) -> set[Label]:
        """Take in what became of an object; the labels that it had or has."""
        name = name_of(thing)
        before = labels(kind, self._things.get((kind, name), {}))
        after = set() if gone else labels(kind, thing)
        for label in before - after:
            del self._labelled[label][name]
        for label in after - before:
            self._labelled[label][name] = None
        if gone:
            self._things.pop((kind, name), None)
        else:
            self._things[kind, name] = thing
        return before | after

    def of(self, expected: CopyExpectation) -> Iterator[Thing]:
        """The objects that an expectation may be about."""
        kind = expected.kind
        if expected.object:
            names = [ObjectName(space, expected.object) for space in (expected.namespace, "")]
        else:
            few = min((self._labelled[each] for each in wanted(expected)), key=len, default={})
            names = list(few)
        yield from (self._things[kind, name] for name in names if (kind, name) in self._things)

    def thing(self, kind: ObjectKind, name: ObjectName) -> Thing | None:
        """An object, None where there is none."""
        return self._things.get((kind, name))


def labels(kind: ObjectKind, thing: Thing) -> set[Label]:
    """The labels of an object."""
    found = (thing.get("metadata") or {}).get("labels") or {}
    return {(kind, str(key), str(value)) for key, value in found.items()}


def wanted(expected: CopyExpectation) -> list[Label]:
    """The labels that the objects of an expectation have."""
    return [(expected.kind, key, value) for key, value in expected.labels.items()]
