"""An expectation of one copy, ready to be held against objects. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from loadstone.formats import cel_expressions, json_path, wait_words
from loadstone.model import Scalar


class ObjectKind(NamedTuple):
    """A kind of objects, as a manifest names it."""

    api_version: str
    kind: str


class ObjectName(NamedTuple):
    """The name of an object among those of its kind; `namespace` is empty where it has none."""

    namespace: str
    name: str


@dataclass(frozen=True, kw_only=True)
class CopyExpectation:
    """An expectation of one copy: of the objects it is about, `count` have to fulfil it.

    They are the one of that name, or those with these labels. `dial`: an address that has to answer
    instead, with `status` and `headers`, and then it is about no object; `dialled_from` is empty or
    `component`. `own`: it is about an object of the template itself.
    """

    name: str  # in the template
    kind: ObjectKind
    namespace: str
    object: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    count: int = 1
    word: str = ""  # of `kubectl wait`
    fields: Mapping[str, Scalar] = field(default_factory=dict)
    cel: str = ""
    dial: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    dialled_from: str = ""
    own: bool = False

    @property
    def wanted(self) -> int:
        """How many objects have to fulfil it."""
        return 0 if self.word == "delete" else self.count

    @property
    def subject(self) -> str:
        """What it is about, in words."""
        if self.dial:
            return self.dial
        pairs = ",".join(f"{key}={value}" for key, value in self.labels.items())
        return f"{self.kind.kind} {self.object or pairs}"

    def about(self, thing: Mapping[str, Any]) -> bool:
        """Whether an object of its kind is one that it is about."""
        meta = thing.get("metadata") or {}
        if meta.get("namespace") not in (None, self.namespace):
            return False
        if self.object:
            return bool(meta.get("name") == self.object)
        labels = meta.get("labels") or {}
        return all(labels.get(key) == value for key, value in self.labels.items())

    def missing(self, thing: Mapping[str, Any], floor: int = 0) -> str:
        """What an object lacks, in words; empty where it fulfils this.

        `floor`: the generation from which on it counts, and that its status has to speak of.
        """
        if floor and (why := _too_old(thing, floor, self.word)):
            return why
        if self.word not in ("", "delete") and (
            why := wait_words.missing(wait_words.parse(self.word), thing)
        ):
            return why
        for path, value in self.fields.items():
            if why := _unequal(thing, path, value):
                return why
        return cel_expressions.missing(self.cel, thing) if self.cel else ""


def name_of(thing: Mapping[str, Any]) -> ObjectName:
    """The name of an object among those of its kind."""
    meta = thing.get("metadata") or {}
    return ObjectName(meta.get("namespace") or "", meta.get("name") or "")


def generation(thing: Mapping[str, Any]) -> int:
    """The generation of an object; 0 of a kind that counts none."""
    found = (thing.get("metadata") or {}).get("generation")
    return found if isinstance(found, int) else 0


def _too_old(thing: Mapping[str, Any], floor: int, word: str) -> str:
    have = generation(thing)
    if have < floor:
        return f"it is of generation {have}, not yet {floor}"
    if not word.startswith("condition="):
        return ""
    observed = wait_words.observed_generation(thing, wait_words.parse(word).name)
    if observed is None:
        return "its status has no observedGeneration, so it may speak of the time before the change"
    return "" if observed >= floor else f"its status is of generation {observed}, not yet {floor}"


def _unequal(thing: Mapping[str, Any], path: str, value: Scalar) -> str:
    found = list(json_path.find(thing, json_path.keys(path)))
    if not found:
        return f"it has no {path}"
    wrong = [each for each in found if wait_words.shown(each) != wait_words.shown(value)]
    return f"{path} is {wait_words.shown(wrong[0])}, not {wait_words.shown(value)}" if wrong else ""
