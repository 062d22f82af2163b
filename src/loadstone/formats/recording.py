"""Recordings of changes to a cluster: a line of JSON for each.

A line is a `ResourcePatch` of KWOK's `action.kwok.x-k8s.io/v1alpha1`; documents of YAML that are
such patches, and nothing else, can be read too. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

import msgspec
import yaml

from loadstone.errors import InvalidFile, Problem

API_VERSION = "action.kwok.x-k8s.io/v1alpha1"
KIND = "ResourcePatch"
_NANO = 1_000_000_000


class _RecordedResource(msgspec.Struct):
    """A resource of the API: group, version and plural."""

    resource: str
    group: str = ""
    version: str = "v1"


class _RecordedTarget(msgspec.Struct):
    """A name, with its namespace."""

    name: str
    namespace: str = ""


class RecordedChange(msgspec.Struct, frozen=True, kw_only=True):
    """A change: `create` or `patch` (a merge patch) with a `template`, or `delete`."""

    resource: _RecordedResource
    target: _RecordedTarget
    method: Literal["create", "patch", "delete"]
    nanoseconds: int = msgspec.field(default=0, name="durationNanosecond")
    template: dict[str, Any] | None = None
    api_version: str = msgspec.field(default=API_VERSION, name="apiVersion")
    kind: str = KIND

    @property
    def seconds(self) -> float:
        """When it came, from the beginning of the recording."""
        return self.nanoseconds / _NANO

    @property
    def path(self) -> str:
        """The path of its object."""
        return f"{self.collection}/{self.target.name}"

    @property
    def root(self) -> str:
        """The path of its group and version."""
        group, version = self.resource.group, self.resource.version
        return f"/apis/{group}/{version}" if group else f"/api/{version}"

    @property
    def collection(self) -> str:
        """The path of all objects of its kind where it is."""
        scope = f"/namespaces/{self.target.namespace}" if self.target.namespace else ""
        return f"{self.root}{scope}/{self.resource.resource}"


def change(
    method: Literal["create", "patch", "delete"],
    *,
    group: str,
    version: str,
    plural: str,
    metadata: Mapping[str, Any],
    seconds: float,
    template: dict[str, Any] | None = None,
) -> RecordedChange:
    """A change to the object of that metadata."""
    return RecordedChange(
        resource=_RecordedResource(group=group, version=version, resource=plural),
        target=_RecordedTarget(name=metadata["name"], namespace=metadata.get("namespace", "")),
        method=method,
        nanoseconds=round(seconds * _NANO),
        template=template,
    )


def line(recorded: RecordedChange) -> bytes:
    """A change as a line of a recording, with its end."""
    return msgspec.json.encode(recorded) + b"\n"


def read(text: str, name: str) -> list[RecordedChange]:
    """The changes of a recording, in the order of their times. Raises `InvalidFile`."""
    found, problems = [], []
    for where, document in _documents(text, name):
        try:
            found.append(_change(document))
        except (msgspec.ValidationError, ValueError) as error:
            problems.append(Problem(where=where, what=str(error)))
    if problems or not found:
        problems = problems or [Problem(where=name, what="there is no change in it")]
        raise InvalidFile(problems[:20], next_step="record it: loadstone record --help")
    return sorted(found, key=lambda each: each.nanoseconds)


def _documents(text: str, name: str) -> Iterator[tuple[str, Any]]:
    if text.lstrip().startswith("{"):
        yield from _lines(text.split("\n"), name)  # strings may hold other ends of lines
        return
    try:
        for number, document in enumerate(yaml.safe_load_all(text), start=1):
            if document is not None:
                yield f"{name}: document {number}", document
    except yaml.YAMLError as error:
        problem = Problem(where=name, what=f"this is neither lines of JSON nor YAML: {error}")
        raise InvalidFile([problem], next_step="record it: loadstone record --help") from error


def _lines(lines: Iterable[str], name: str) -> Iterator[tuple[str, Any]]:
    for number, each in enumerate(lines, start=1):
        if not each.strip():
            continue
        try:
            yield f"{name}:{number}", msgspec.json.decode(each)
        except msgspec.DecodeError as error:
            problem = Problem(where=f"{name}:{number}", what=f"this is no line of JSON: {error}")
            raise InvalidFile([problem], next_step="record it anew") from error


def _change(document: Any) -> RecordedChange:
    if isinstance(document, Mapping) and document.get("kind") != KIND:
        raise ValueError(f"a {document.get('kind')} and no {KIND}: only changes can be replayed")
    found = msgspec.convert(document, RecordedChange)
    if (found.template is None) != (found.method == "delete"):
        raise ValueError(f"`{found.method}` and its `template` do not go together")
    return found
