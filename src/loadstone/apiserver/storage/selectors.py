"""Label and field selectors: their grammar, and the objects that they match."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from loadstone.apiserver.machinery.resources import Resource
from loadstone.apiserver.machinery.status import bad_request
from loadstone.apiserver.storage.objects import StoredObject

_QUOTED = ("jobs",)  # whose own conversion says it in other words
Labels = Mapping[str, str]
Requirement = Callable[[Labels], bool]
Selector = Callable[[StoredObject], bool]

_NAME = r"(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)"
_KEY = re.compile(rf"(?:[a-z0-9](?:[-a-z0-9.]{{0,251}}[a-z0-9])?/)?{_NAME}")
_VALUE = re.compile(rf"{_NAME}?")
_TOKEN = re.compile(r"\s*(==|!=|=|!|\(|\)|,|>|<|[^\s=!(),<>]+)")
_COMPARISONS = {"=": True, "==": True, "!=": False}


def selector(resource: Resource, labels: str, fields: str, version: str = "") -> Selector | None:
    """The selector of a request, labels and fields together; None when it matches everything.

    Raises 400 for a selector that cannot be parsed, or a field the resource is not selected by in
    this version.
    """
    if not labels and not fields:
        return None
    wanted = parse_labels(labels)
    terms = parse_fields(fields)
    for label, _, _ in terms:
        _check_field(resource, version, label)
    if resource.kept_as is not None:  # whose labels are those of what is kept
        terms = tuple((_kept(resource, label), value, equal) for label, value, equal in terms)

    def matches(stored: StoredObject) -> bool:
        return all(wants(stored.labels) for wants in wanted) and all(
            (_field(stored, label) == value) is equal for label, value, equal in terms
        )

    return matches


def meets(selector: Mapping[str, Any] | None, labels: Labels) -> bool:
    """Whether labels meet a selector written as an object; none at all selects nothing."""
    if selector is None:
        return False
    wanted = (selector.get("matchLabels") or {}).items()
    return all(labels.get(key) == value for key, value in wanted) and all(
        _meets(expression, labels) for expression in selector.get("matchExpressions") or ()
    )


def _meets(expression: Mapping[str, Any], labels: Labels) -> bool:
    key, operator = str(expression.get("key", "")), str(expression.get("operator"))
    if operator in ("Exists", "DoesNotExist"):
        return (key in labels) == (operator == "Exists")
    return (labels.get(key) in (expression.get("values") or ())) == (operator == "In")


def exact_name(fields: str) -> str:
    """The name that a field selector pins, "" when it pins none."""
    for label, value, equal in parse_fields(fields) if fields else ():
        if label == "metadata.name" and equal:
            return value
    return ""


@lru_cache(maxsize=256)
def parse_labels(text: str) -> tuple[Requirement, ...]:
    """The requirements of `a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1`; raises 400."""
    tokens = _Tokens(text)
    found: list[Requirement] = []
    while tokens.peek:
        found.append(_requirement(tokens))
        if tokens.peek and (tokens.take() != "," or not tokens.peek):
            raise tokens.error("expected ',' and a requirement after it")
    return tuple(found)


@lru_cache(maxsize=256)
def parse_fields(text: str) -> tuple[tuple[str, str, bool], ...]:
    """Requirements of a field selector: field, value, and whether it must be equal; or 400."""
    return tuple(_term(term) for term in _split(text) if term)


class _Tokens:
    """The tokens of a selector, read one after the other."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._tokens = _TOKEN.findall(text)
        if "".join(self._tokens) != re.sub(r"\s+", "", text):
            raise self.error("unexpected characters")

    @property
    def peek(self) -> str:
        return self._tokens[0] if self._tokens else ""

    def take(self) -> str:
        if not self._tokens:
            raise self.error("unexpected end")
        return str(self._tokens.pop(0))

    def error(self, why: str) -> Exception:
        return bad_request(f'unable to parse requirement: {why} in label selector "{self.text}"')


def _requirement(tokens: _Tokens) -> Requirement:
    if tokens.peek == "!":
        tokens.take()
        absent = _key(tokens)
        return lambda labels: absent not in labels
    key = _key(tokens)
    operator = tokens.peek
    if operator in ("", ","):
        return lambda labels: key in labels
    tokens.take()
    if operator in _COMPARISONS:
        value = "" if tokens.peek in ("", ",") else tokens.take()
        return _among(key, frozenset({_value(tokens, value)}), _COMPARISONS[operator])
    if operator in ("in", "notin"):
        return _among(key, _set(tokens), operator == "in")
    if operator in (">", "<"):
        return _compared(key, operator, tokens)
    raise tokens.error(f"found '{operator}', expected: in, notin, =, ==, !=, >, <")


def _among(key: str, values: frozenset[str], included: bool) -> Requirement:
    """An object without the label is never in a set and always outside of it."""
    if included:
        return lambda labels: labels.get(key) in values
    return lambda labels: labels.get(key) not in values


def _compared(key: str, operator: str, tokens: _Tokens) -> Requirement:
    word = tokens.take()
    try:
        bound = int(word)
    except ValueError:
        raise tokens.error(f"'{word}' is not an integer") from None

    def matches(labels: Labels) -> bool:
        try:
            value = int(labels[key])
        except (KeyError, ValueError):
            return False
        return value > bound if operator == ">" else value < bound

    return matches


def _set(tokens: _Tokens) -> frozenset[str]:
    if tokens.take() != "(":
        raise tokens.error("expected '('")
    values: set[str] = set()
    while tokens.peek != ")":
        values.add("" if tokens.peek == "," else _value(tokens, tokens.take()))
        if tokens.peek == ",":
            tokens.take()
            if tokens.peek == ")":  # after the last comma stands an empty value
                values.add("")
        elif tokens.peek != ")":
            raise tokens.error("expected ',' or ')'")
    tokens.take()
    if not values:
        raise tokens.error("an empty set")
    return frozenset(values)


def _key(tokens: _Tokens) -> str:
    key = tokens.take()
    if not _KEY.fullmatch(key):
        raise tokens.error(f"invalid label key '{key}'")
    return key


def _value(tokens: _Tokens, value: str) -> str:
    if not _VALUE.fullmatch(value):
        raise tokens.error(f"invalid label value '{value}'")
    return value


def _split(text: str) -> list[str]:
    r"""Split at commas that no backslash protects."""
    return [part.replace("\0", r"\,") for part in text.replace(r"\,", "\0").split(",")]


def _term(term: str) -> tuple[str, str, bool]:
    for operator in ("!=", "==", "="):
        label, found, value = term.partition(operator)
        if found:
            return label, re.sub(r"\\(.)", r"\1", value), operator != "!="
    raise bad_request(f"invalid selector: '{term}'; can't understand '{term}'")


def _field(stored: StoredObject, label: str) -> str:
    if label == "metadata.name":
        return stored.name
    if label == "metadata.namespace":
        return stored.namespace
    return stored.fields.get(label, "")


def _kept(resource: Resource, label: str) -> str:
    return ".".join(resource.fields.get(label, (label,)))


def _check_field(resource: Resource, version: str, label: str) -> None:
    definition = resource.definition(version)
    known = resource.fields if definition is None else definition.selectable
    if label in ("metadata.name", "metadata.namespace") or label in known:
        return
    if resource.fields or resource.custom:
        if resource.plural in _QUOTED:
            raise bad_request(f'field label "{label}" not supported for {resource.kind}')
        raise bad_request(f"field label not supported: {label}")
    raise bad_request(
        f'"{label}" is not a known field selector: only "metadata.name", "metadata.namespace"'
    )
