"""Definitions of kinds among the files of a revision: found, labelled, and kept as one file.

Who wrote them is not trusted: nothing outside the revision's files is read, nothing but definitions
is taken, and sizes are bounded. Aliases, by which a few lines can stand for gigabytes, are refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from loadstone.errors import UsageError
from loadstone.formats import Definitions

FILE = "definitions.json"  # in an entry of the cache
KIND = "CustomResourceDefinition"
_VERSION = "apiextensions.k8s.io/v1"
_SUFFIXES = (".yaml", ".yml", ".json")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LARGEST = 8 << 20  # By of a file; the largest of Cluster API has 360 thousand
_MOST = 500  # files

Definition = dict[str, Any]


def write(wanted: Definitions, root: Path, target: Path) -> None:
    """Write the definitions among the files below `root` to the file `target`.

    Raises `UsageError` for paths that are not there, files that cannot be read, and where there is
    no definition at all.
    """
    found = {each["metadata"]["name"]: each for path in _files(wanted, root) for each in _in(path)}
    if not found:
        raise UsageError(
            f"there is no {KIND} in {', '.join(wanted.paths)}",
            next_step="mend `definitions` in the component file",
        )
    labelled = [_labelled(each, wanted.labels) for each in found.values()]
    target.write_text(json.dumps(labelled, default=str), encoding="utf-8")


def read(file: Path) -> list[Definition]:
    """The definitions that were kept in a file."""
    kept: list[Definition] = json.loads(file.read_text(encoding="utf-8"))
    return kept


def _files(wanted: Definitions, root: Path) -> Iterator[Path]:
    inside, count = root.resolve(), 0
    for written in wanted.paths:
        path = root / written
        listed = sorted(path.iterdir()) if path.is_dir() else [path]
        if not path.exists():
            raise UsageError(
                f"the revision has no {written}",
                next_step="mend `definitions` in the component file",
            )
        for each in listed:
            if not each.resolve().is_relative_to(inside):
                raise UsageError(f"{written}: {each.name} leads out of the revision's files")
            if each.is_file() and each.suffix in _SUFFIXES:
                count += 1
                yield each
        if count > _MOST:
            raise UsageError(f"{written} makes it more than {_MOST} files of definitions")


def _in(path: Path) -> Iterator[Definition]:
    """The definitions in a file of one or more documents."""
    if path.stat().st_size > _LARGEST:
        raise UsageError(f"{path.name} has more than {_LARGEST} bytes")
    text = path.read_text(encoding="utf-8", errors="replace")
    try:
        if any(isinstance(each, yaml.AliasEvent) for each in yaml.parse(text, _LOADER)):
            raise UsageError(f"{path.name} has an alias, which no definition needs")
        documents = list(yaml.load_all(text, _LOADER))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        said = str(error).splitlines()[0]
        raise UsageError(f"{path.name} is no YAML: {said}") from error
    yield from (each for each in documents if _is_one(each))


def _is_one(document: Any) -> bool:
    if not isinstance(document, dict) or document.get("kind") != KIND:
        return False
    metadata = document.get("metadata")
    named = isinstance(metadata, dict) and isinstance(metadata.get("name"), str)
    return named and document.get("apiVersion") == _VERSION


def _labelled(definition: Definition, labels: Mapping[str, str]) -> Definition:
    metadata = definition["metadata"]
    return {
        **definition,
        "metadata": {**metadata, "labels": {**(metadata.get("labels") or {}), **labels}},
    }
