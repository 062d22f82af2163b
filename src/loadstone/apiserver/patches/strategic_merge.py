"""Strategic merge patch: lists of the built-in kinds merge by key rather than being replaced.

By which key is what the published OpenAPI says (`type_shapes`). The order of a merged list is the
real server's: new items come before those that only the server has, unless the patch sets an
order.
"""

from __future__ import annotations

from typing import Any

from loadstone.apiserver.machinery import status
from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.patches import list_order
from loadstone.apiserver.types.type_shapes import TypeShape

_DIRECTIVE = "$patch"
_ORDER = "$setElementOrder/"
_DELETE = "$deleteFromPrimitiveList/"
_RETAIN = "$retainKeys"
_GONE: Any = object()


def merge(document: Document, patch: Document, shape: TypeShape) -> Document:
    """The document with the patch applied; raises 400, 422 and 500 for what cannot be done."""
    return _mapping(document, dict(patch), shape)


def _mapping(original: Document, patch: Document, shape: TypeShape) -> Document:
    """Both may be changed."""
    if _DIRECTIVE in patch:
        return _directed(patch)
    _retain(original, patch)
    for name in [name for name in patch if name.startswith(_ORDER)]:
        _ordered(original, patch, name, shape)
    for name, value in patch.items():
        if name in shape.zeros and isinstance(value, dict):
            original.setdefault(name, {})
        if name.startswith(_DELETE):
            _delete(original, name.removeprefix(_DELETE), value, shape)
        elif value is None:
            original.pop(name, None)
        elif name not in original or type(original[name]) is not type(value):
            _put(original, name, _without_directives(_without_nulls(value)))
        elif isinstance(value, dict):
            _field(original, name, value, shape)
        elif isinstance(value, list):
            original[name], _ = _list(original[name], value, name, shape)
        else:
            original[name] = value
    return original


def _directed(patch: Document) -> Document:
    directive = patch[_DIRECTIVE]
    if directive == "replace":
        return {name: value for name, value in patch.items() if name != _DIRECTIVE}
    if directive == "delete":
        return {}
    raise _failed(f"unknown patch type: {directive} in map: {list_order.shown(patch)}")


def _put(original: Document, name: str, value: Any) -> None:
    if value is _GONE:
        original.pop(name, None)
    else:
        original[name] = value


def _field(original: Document, name: str, value: Document, shape: TypeShape) -> None:
    if shape.patches.get(name) == "replace":
        original[name] = value
    else:
        original[name] = _mapping(original[name], dict(value), _known(shape, name))


def _known(shape: TypeShape, name: str) -> TypeShape:
    """The shape of a field; the real server fails on a mapping that its type does not have."""
    if name in shape.fields:
        return shape.fields[name]
    if shape.is_list or shape.fields:
        raise _failed(f'unable to find api field in struct for the json field "{name}"')
    raise _failed("merging an object in json but data type is not struct, instead is: map")


def _retain(original: Document, patch: Document) -> None:
    kept = patch.pop(_RETAIN, None)
    if kept is None:
        return
    if not isinstance(kept, list) or any(
        name not in kept
        for name, value in patch.items()
        if value is not None and not name.startswith((_DELETE, _ORDER))
    ):
        raise status.bad_request("invalid patch format of retainKeys")
    for name in [name for name in original if name not in kept]:
        del original[name]


def _delete(original: Document, name: str, values: Any, shape: TypeShape) -> None:
    """Take plain values out of a list; items that are mappings are merged, as the real one does."""
    current = original.get(name)
    if not isinstance(current, list) or not isinstance(values, list):
        return
    if not current and not values:
        return
    list_order.check_types(current, values)
    if isinstance((current or values)[0], dict):
        original[name], _ = _mappings(current, values, name, shape)
    else:
        original[name] = [item for item in current if item not in values]


# --- lists ----------------------------------------------------------------------------------------


def _list(
    current: list[Any], patch: list[Any], name: str, shape: TypeShape
) -> tuple[list[Any], list[Any]]:
    """A list with the items of a patch merged in, and the order that the server's had."""
    key = shape.patches.get(name)
    if key is None:
        _known(shape, name)
        return patch, current
    if not current and not patch:
        return current, current
    list_order.check_types(current, patch)
    if isinstance((current or patch)[0], dict):
        return _mappings(current, patch, name, shape)
    merged = list_order.distinct([*current, *patch])
    return list_order.arranged(merged, patch, current, ""), current


def _mappings(
    current: list[Any], patch: list[Any], name: str, shape: TypeShape
) -> tuple[list[Any], list[Any]]:
    key = shape.patches.get(name)
    if not key:
        raise _failed("cannot merge lists without merge key for struct")
    before = len(current)
    current, patch = _special(current, patch, key)
    live = list(current)
    _items(current, patch, key, _known(shape, name))
    # new items take the places of deleted ones in the list that the real server orders by
    return list_order.arranged(current, patch, live, key), current[:before]


def _special(current: list[Any], patch: list[Any], key: str) -> tuple[list[Any], list[Any]]:
    """Both lists after the items of the patch that delete or replace."""
    plain, replaces = [], False
    for item in patch:
        if _DIRECTIVE not in item:
            plain.append(item)
        elif item[_DIRECTIVE] == "delete":
            if key not in item:
                raise _no_key(item, key)
            current = [each for each in current if each.get(key, _GONE) != item[key]]
        elif item[_DIRECTIVE] == "replace":
            replaces = True
        elif item[_DIRECTIVE] == "merge":
            raise _failed("merging lists cannot yet be specified in the patch")
        else:
            said = list_order.shown(item)
            raise _failed(f"unknown patch type: {item[_DIRECTIVE]} in map: {said}")
    return (plain, []) if replaces else (current, plain)


def _items(current: list[Any], patch: list[Any], key: str, shape: TypeShape) -> None:
    for item in patch:
        if key not in item:
            raise _no_key(item, key)
        place = list_order.place(current, key, item[key])
        if place is None:
            current.append(item)
        else:
            current[place] = _mapping(current[place], dict(item), shape.items or shape)


def _ordered(original: Document, patch: Document, directive: str, shape: TypeShape) -> None:
    """Merge a list and put it in the order that the patch asks for."""
    order = patch.pop(directive)
    name = directive.removeprefix(_ORDER)
    live, given = original.get(name), patch.get(name)
    for value in (order, live, given):
        if value is not None and not isinstance(value, list):
            raise _failed("expected a []interface {}, but received something else")
    _known(shape, name)
    key = shape.patches.get(name) or ""
    list_order.check_subset(given or [], order, key)
    if live is None and given is None:
        return
    merged, before = _without_directives(given), live or []
    if given is None:
        merged = live
    elif live is not None:
        merged, before = _list(live, given, name, shape)
    list_order.check_types(live or [], given or [])
    original[name] = list_order.arranged(merged, order, before, key)
    patch.pop(name, None)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(inner) for name, inner in value.items() if inner is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def _without_directives(value: Any) -> Any:
    """A value of a patch where there is nothing to merge it with."""
    if isinstance(value, dict):
        if _DIRECTIVE in value:
            return _GONE
        found = {name: _without_directives(inner) for name, inner in value.items()}
        return {name: inner for name, inner in found.items() if inner is not _GONE}
    if isinstance(value, list):
        return [i for i in (_without_directives(item) for item in value) if i is not _GONE]
    return value


def _no_key(item: Document, key: str) -> status.ApiError:
    return _failed(f"map: {list_order.shown(item)} does not contain declared merge key: {key}")


def _failed(message: str) -> status.ApiError:
    """What the real server does not blame on the client, though the client is to blame."""
    return status.ApiError(500, "", message)
