"""Server-side apply against the field manager of Kubernetes, write by write.

Both get the same live object and the same write, over made up histories of every kind: what comes
of it, who owns what afterwards, and what is refused have to agree.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from loadstone.apiserver.apply import field_manager, managers
from loadstone.apiserver.machinery.calls import Call, Options
from loadstone.apiserver.machinery.resources import Resource
from loadstone.apiserver.machinery.status import ApiError
from loadstone.apiserver.types import kinds, type_check, type_shapes
from loadstone.apiserver.types.type_shapes import TypeShape
from tests.apiserver import kubernetes
from tests.apiserver.documents import Documents
from tests.apiserver.kubernetes import Answer, Kubernetes

# The published document says that its list is required; its type leaves the list out all the same.
SAID_OTHERWISE = {"ValidatingAdmissionPolicyBinding"}
_SERVERS = {"managedFields", "uid"}
HISTORIES = 12  # of each kind and seed


@pytest.fixture(scope="module")
def real() -> Iterator[Kubernetes]:
    with kubernetes.running() as found:
        yield found


class Histories:
    """Writes of two managers to one object of a kind."""

    def __init__(self, real: Kubernetes, kind: Resource, seed: int) -> None:
        self.real, self.kind, self.shape = real, kind, type_shapes.of(kind, kind.version)
        self.rng, self.documents = random.Random(seed), Documents(seed)
        self.without = frozenset({"status"} if kind.has_status(kind.version) else ())

    def make(self) -> list[Answer]:
        first = self.documents.of(self.shape, without=self.without)
        objects = [first, *(self._next(first) for _ in range(self.rng.choice((1, 2, 3))))]
        whole = [self._written(each) for each in objects]
        return [self._step(each) for each in whole if each is not None]

    def _next(self, first: Answer) -> Answer:
        if self.rng.random() < 0.4:
            return self.documents.of(self.shape, without=self.without)
        changed: Answer = self._changed(copy.deepcopy(first), self.shape)
        return {**changed, "metadata": {**(changed.get("metadata") or {}), "name": "it"}}

    def _changed(self, value: Any, shape: TypeShape) -> Any:
        """The value with some of it left out, added, moved or made another."""
        if isinstance(value, dict):
            kept = {k: v for k, v in value.items() if self.rng.random() < 0.85}
            return {k: self._changed(v, shape.field(k)) for k, v in kept.items()}
        if isinstance(value, list):
            found = [self._changed(item, shape.items or shape) for item in value]
            if self.rng.random() < 0.4:
                self.rng.shuffle(found)
            more = self.documents.value(shape, 4) if self.rng.random() < 0.4 else None
            empty = shape.keys is not None and self.rng.random() < 0.1
            return [] if empty else [*found, *(more or [])]
        return value if self.rng.random() < 0.9 else self.documents.value(shape, 4)

    def _written(self, document: Answer) -> Answer | None:
        """The document with all that its type cannot leave out; None where it is no such object."""
        for _ in range(8):
            answer = self.real.ask("written", self.kind, patch=document)
            if "error" in answer:
                return None
            shown = {k: v for k, v in answer["object"].items() if k not in self.without}
            whole: Answer = self.documents.complete(shown, self.shape)
            if whole == shown:
                return whole
            document = whole
        return None

    def _step(self, document: Answer) -> Answer:
        return {
            "verb": self.rng.choice(("apply", "apply", "apply", "update")),
            "manager": self.rng.choice(("one", "two")),
            "force": self.rng.random() < 0.5,
            "object": document,
        }


def clean(kind: Resource, document: Answer) -> Answer:
    found = {k: v for k, v in copy.deepcopy(document).items() if k not in ("apiVersion", "kind")}
    type_check.clean(kind, found)
    return found


def call(kind: Resource, step: Answer) -> Call:
    return Call(
        verb="patch",
        resource=kind,
        version=kind.version,
        namespace="",
        name="it",
        subresource="",
        options=Options(manager=step["manager"], force=step["force"]),
        body=b"",
        content_type="",
        accept="",
        agent="",
    )


def ours(kind: Resource, live: Answer | None, step: Answer, given: Answer | None) -> Answer:
    """What the embedded server makes of one write."""
    shape, one = type_shapes.of(kind, kind.version), call(kind, step)
    before = clean(kind, live) if live else {"metadata": {"name": "it"}}
    try:
        if step["verb"] == "apply":
            applied = copy.deepcopy(step["object"])
            field_manager.check_schema(one, applied, shape)
            after = field_manager.merge_applied(one, before, applied, shape)
        else:
            after = clean(kind, given or {})
            note = (
                field_manager.record_update
                if live
                else lambda a, _, c: field_manager.record_create(a, c)
            )
            note(one, before, after)
    except ApiError as error:
        return {"error": error.message}
    type_check.clean(kind, after)
    return {"object": after}


def content(value: Any) -> Any:
    """A document without what is empty, which Go writes for some fields and not for others."""
    if isinstance(value, dict):
        found = {name: content(inner) for name, inner in value.items() if name not in _SERVERS}
        return {name: inner for name, inner in found.items() if inner or inner is True}
    return [content(item) for item in value] if isinstance(value, list) else value


def owners(document: Answer) -> dict[managers.Identity, tuple[Answer, bool]]:
    entries = document["metadata"].get("managedFields") or []
    return {managers.identity(each): (each["fieldsV1"], "time" in each) for each in entries}


def agree(kind: Resource, mine: Answer, real: Answer) -> bool:
    if "error" in real or "error" in mine:
        said = [each.get("error", "").splitlines() for each in (mine, real)]
        return sorted(said[0]) == sorted(said[1])
    same = content(clean(kind, real["object"])) == content(mine["object"])
    return same and owners(real["object"]) == owners(mine["object"])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_every_write_of_every_kind_ends_as_with_kubernetes(real: Kubernetes, seed: int) -> None:
    refused = forced = 0
    differ = []
    for kind in kinds.kinds():
        if "patch" not in kind.verbs or kind.kind in SAID_OTHERWISE or not real.knows(kind):
            continue
        histories = Histories(real, kind, seed)
        for _ in range(HISTORIES):
            steps = histories.make()
            live = None
            for step, answer in zip(
                steps, real.ask("steps", kind, steps=steps).get("steps", ()), strict=True
            ):
                mine = ours(kind, live, step, answer.get("given"))
                if not agree(kind, mine, answer):
                    differ.append({"live": live, **step, "real": answer, "ours": mine})
                refused += "conflict" in answer.get("error", "")
                forced += step["force"] and "error" not in answer
                live = answer.get("object", live)
    assert differ[:2] == [], json.dumps(differ[:1])
    assert refused > 20
    assert forced > 50
