"""List order: the order of the items of a list that a strategic merge patch changed.

What the patch names keeps the patch's order and what only the server has keeps its own; the two are
interleaved by the order that the live list had, and where that says nothing the patch comes first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from loadstone.apiserver.machinery import status

_MISSING: Any = object()


def arranged(merged: list[Any], patch: list[Any], server: list[Any], key: str) -> list[Any]:
    """The items of a merged list in order. `key`: of the items, "" where they are plain."""
    for item in [*merged, *patch] if key else ():
        if not isinstance(item, dict) or key not in item:
            raise _failed(f"map: {shown(item)} does not contain declared merge key: {key}")
    named = _places(patch, key)
    live = _places(server, key)
    ours = [item for item in merged if _of(item, key) in named]
    theirs = [item for item in merged if _of(item, key) not in named]
    ours, theirs = _sorted(ours, named, key), _sorted(theirs, live, key)
    return _interleaved(theirs, ours, live, key)


def _places(items: Sequence[Any], key: str) -> dict[Any, int]:
    found: dict[Any, int] = {}
    for index, item in enumerate(items):
        found.setdefault(_of(item, key), index)
    return found


def _of(item: Any, key: str) -> Any:
    """What tells an item from others: true is not 1."""
    value = item.get(key, _MISSING) if key and isinstance(item, dict) else item
    if isinstance(value, dict | list):
        raise _failed("runtime error: hash of unhashable type map[string]interface {}")
    return type(value), value


def _sorted(items: list[Any], places: dict[Any, int], key: str) -> list[Any]:
    """By place; an item without one goes before all others, as with the real server."""
    found: list[Any] = []
    for item in items:
        at = len(found)
        mine = places.get(_of(item, key), -1)
        while at > 0:
            other = places.get(_of(found[at - 1], key), -1)
            if mine >= 0 and other >= 0 and mine >= other:
                break
            at -= 1
        found.insert(at, item)
    return found


def _interleaved(theirs: list[Any], ours: list[Any], live: dict[Any, int], key: str) -> list[Any]:
    found: list[Any] = []
    left, right = list(reversed(theirs)), list(reversed(ours))
    while left and right:
        before, after = live.get(_of(left[-1], key), -1), live.get(_of(right[-1], key), -1)
        found.append((left if 0 <= before < after else right).pop())
    return [*found, *reversed(left), *reversed(right)]


def distinct(items: list[Any]) -> list[Any]:
    """Plain values without those that are there already, which the last value then replaces."""
    found = list(items)
    last = len(found) - 1
    i = 0
    while i < last:
        j = i + 1
        while j <= last:
            if found[i] == found[j]:
                found[j] = found[last]
                last -= 1
            else:
                j += 1
        i += 1
    return found[: last + 1]


def place(items: list[Any], key: str, value: Any) -> int | None:
    """The place of the item with a key."""
    for index, item in enumerate(items):
        if not isinstance(item, dict):
            raise _failed(f"value for key {index} is not a map")
        if key in item and item[key] == value:
            return index
    return None


def check_types(*lists: list[Any]) -> None:
    """Raise 422 or 500 unless all items are of one type, and no lists."""
    kinds = {type(item) for items in lists for item in items}
    if list in kinds:
        raise status.ApiError(422, "", "lists of lists are not supported")
    if len(kinds) > 1:
        raise _failed(f"list element types are not identical: {shown(list(lists))}")
    if not kinds:
        raise _failed("no elements in any of the given slices")


def check_subset(patch: list[Any], order: list[Any], key: str) -> None:
    """Raise 500 unless the items of a patch are in the order that it asks for itself."""
    if not patch or not order:
        return
    left = [item for item in patch if not (isinstance(item, dict) and "$patch" in item)]
    wanted = iter(order)
    for item in left:
        for other in wanted:
            if _equal(item, other, key):
                break
        else:
            said = f"The order in patch list:\n{shown(patch)}\n doesn't match $setElementOrder list"
            raise _failed(f"{said}:\n{shown(order)}\n")


def _equal(item: Any, other: Any, key: str) -> bool:
    if not key:
        return bool(item == other)
    for each in (item, other):
        if not isinstance(each, dict):
            raise _failed("expected a map[string]interface {}, but received something else")
        if key not in each:
            raise _failed(f"map: {shown(each)} does not contain declared merge key: {key}")
    return bool(item[key] == other[key])


def shown(value: Any) -> str:
    """A value as Go prints it."""
    if isinstance(value, dict):
        return "map[" + " ".join(f"{k}:{shown(value[k])}" for k in sorted(value)) + "]"
    if isinstance(value, list):
        return "[" + " ".join(shown(item) for item in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return "<nil>" if value is None else str(value)


def _failed(message: str) -> status.ApiError:
    return status.ApiError(500, "", message)
