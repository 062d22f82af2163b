"""Checks of a component's sources of revisions: what the schema cannot say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from loadstone.errors import Problem
from loadstone.formats import Revisions
from loadstone.formats.revisions import is_protected
from loadstone.formats.schema_problems import did_you_mean
from loadstone.formats.yaml_text import Document, Path
from loadstone.plan.bind import placeholders

_OF_FILES = ("revision", "os", "arch", "machine")
_OF_MODULES = ("revision", "version", "major", "minor", "patch")
# What is replaced in the fields of each source; in those of the others nothing is.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "download": _OF_FILES,
    "go": _OF_MODULES,
    "image": ("revision",),
}
# Where the revision has to stand, so that not every one is the same.
_DIFFERING = (("download", "url"), ("image", "reference"))


def problems(revisions: Revisions, path: Path, document: Document) -> Iterator[Problem]:
    """The problems of the sources at a path of the document, each with its line."""
    sources = msgspec.to_builtins(revisions)
    given = {form: source for form, source in sources.items() if source is not None}
    if not given:
        where = document.where(path, key=True)
        hint = ", ".join(sources)
        yield Problem(where=where, what="no way to get a revision", hint=f"one of {hint}")
    for form, field in _DIFFERING:
        if form in given and "${revision}" not in given[form][field]:
            where = document.where((*path, form, field))
            yield Problem(where=where, what=f"every revision would be the same {form}",
                          hint=f"put `${{revision}}` into the {field}")  # fmt: skip
    yield from _unbuilt(revisions, (*path, "build"), document)
    yield from _unprotected(given.get("download", {}), (*path, "download"), document)
    for form, source in given.items():
        yield from _unknown(form, source, path, document)
    if revisions.image and _relative(revisions.image.executable):
        where = document.where((*path, "image", "executable"))
        yield Problem(where=where, what="the program's path in the image has to begin with /")


def _unbuilt(revisions: Revisions, path: Path, document: Document) -> Iterator[Problem]:
    """Of commits: neither a program nor an image comes of them."""
    build = revisions.build
    if build is None or (build.dockerfile and not (build.command or build.executable)):
        return
    for field in ("command", "executable"):
        if not getattr(build, field):
            hint = "and `executable`, or `dockerfile` alone for one that runs as pods"
            where = document.where(path, key=True)
            yield Problem(where=where, what=f"`{field}` is missing", hint=f"`command` {hint}")


def _unprotected(download: Mapping[str, str], path: Path, document: Document) -> Iterator[Problem]:
    for field in ("url", "checksums"):
        url = download.get(field, "https:")
        if not is_protected(url):
            where = document.where((*path, field))
            what = f"`{url}` is no https URL: a checksum that came unprotected protects nothing"
            yield Problem(where=where, what=what, hint="https, or http of this machine alone")


def _unknown(form: str, source: Any, path: Path, document: Document) -> Iterator[Problem]:
    known = _NAMES.get(form, ())
    for place, name in placeholders(source):
        if known and name not in known:
            where = document.where((*path, form, *place))
            yield Problem(where=where, what=f"`${{{name}}}` has no value",
                          hint=did_you_mean(name, known))  # fmt: skip


def _relative(path: str) -> bool:
    return bool(path) and not path.startswith("/")
