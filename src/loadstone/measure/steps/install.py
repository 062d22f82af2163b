"""Installing of what a component needs before it starts: definitions of kinds, settings, roles."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from loadstone.formats import Component
from loadstone.measure.expectations.expected import CopyExpectation, ObjectKind
from loadstone.measure.steps.outcome import StepFailed
from loadstone.measure.steps.scene import Scene
from loadstone.model import Note, Revision

_DEFINITION = "CustomResourceDefinition"
_WITHIN = 30.0  # s until the kind that a definition defines is served


def needed(component: Component, revision: Revision) -> list[Mapping[str, Any]]:
    """The objects that a revision needs before it starts: its definitions, and its file's own.

    What two of its programs bring alike is there once.
    """
    brought: dict[str, Mapping[str, Any]] = {}
    for each in (revision, *revision.others.values()):
        if each.definitions:
            for one in json.loads(Path(each.definitions).read_text(encoding="utf-8")):
                brought.setdefault(one["metadata"]["name"], one)
    return [*brought.values(), *component.objects]


def install(objects: Sequence[Mapping[str, Any]], scene: Scene) -> None:
    """Create objects in their order; one that is no definition comes when the kinds are served.

    Raises `StepFailed`, and `ApiRequestFailed` for an object that is refused.
    """
    defined: list[Mapping[str, Any]] = []
    for each in objects:
        if each.get("kind") == _DEFINITION:
            defined.append(each)
        else:
            _wait_until_served(defined, scene)
            defined = []
        scene.objects.create([each])
    _wait_until_served(defined, scene)


def _wait_until_served(definitions: Sequence[Mapping[str, Any]], scene: Scene) -> None:
    board, deadline = scene.board, time.monotonic() + _WITHIN
    if definitions and board is not None:
        copies = [board.expect([_established(each)]) for each in definitions]
        if late := board.wait(copies, deadline=deadline, check=scene.check):
            told = Note.of(
                "not-right", late=len(late), copies=len(copies), timeout=_WITHIN, said=late[0].why
            )
            raise StepFailed(told)
    for each in definitions:
        spec = each["spec"]
        for version in spec["versions"]:
            if version.get("served", True):
                name = f"{spec['group']}/{version['name']}"
                scene.objects.await_kind(name, spec["names"]["kind"], deadline=deadline)


def _established(definition: Mapping[str, Any]) -> CopyExpectation:
    return CopyExpectation(
        name="established",
        kind=ObjectKind(definition["apiVersion"], _DEFINITION),
        namespace="",
        object=definition["metadata"]["name"],
        word="condition=Established",
    )
