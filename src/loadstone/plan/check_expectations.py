"""Semantic checks of a template's expectations, beyond their shape."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

import msgspec

from loadstone.errors import Problem
from loadstone.formats import Expectation, Template, cel_expressions, json_path, wait_words
from loadstone.formats.yaml_text import Document, Path
from loadstone.plan.bind import placeholders

_PLACEHOLDER = re.compile(r"\$\{[^{}]*\}")
RESERVED = ("seconds", "count", "p50", "p90", "p99", "max")  # `reconcile.<name>` is that already


def problems(
    templates: Mapping[str, Template], path: Path, document: Document
) -> Iterator[Problem]:
    """Expectations of no object, or of no word, path or expression. `path`: of the templates."""
    for name, template in templates.items():
        for stage, each in template.right.items():
            spot = (*path, name, "right", stage)
            if stage in RESERVED:
                where = document.where(spot, key=True)
                yield Problem(where=where, what=f"an expectation cannot be called `{stage}`")
            yield from _of(each, spot, document)


def tells_versions(template: Template) -> bool:
    """Whether something in what is right differs from one version to the next.

    A condition does, where the object says of which generation its status is.
    """
    written = (template.check, *template.right.values())
    named = any(
        name == "version" for each in written for _, name in placeholders(msgspec.to_builtins(each))
    )
    own = [each for each in template.right.values() if not each.kind and not each.dial]
    return named or any(each.wait.startswith("condition=") for each in own)


def _of(each: Expectation, path: Path, document: Document) -> Iterator[Problem]:
    if each.dial:
        yield from _address(each, path, document)
    elif each.kind and bool(each.name) == bool(each.labels):
        where = document.where((*path, "kind"))
        what = f"which {each.kind} is meant is not clear"
        yield Problem(where=where, what=what, hint="give it one of `name` and `labels`")
    elif not each.kind and (each.name or each.labels or each.namespace):
        where = document.where(path, key=True)
        yield Problem(where=where, what="a name, labels or a namespace, and no kind",
                      hint="add `kind`, and `apiVersion` where it is not v1")  # fmt: skip
    if not each.dial:
        for key in [key for key in ("from", "headers") if _says(each, key)]:
            where = document.where((*path, key), key=True)
            what = f"`{key}` is of an address that is dialled, and none is"
            yield Problem(where=where, what=what, hint="add `dial: http://host:port/`")
    yield from _word(each, path, document)
    for field in each.fields:
        try:
            json_path.keys(_plain(field))
        except json_path.NoPath as error:
            where = document.where((*path, "fields", field), key=True)
            yield Problem(where=where, what=str(error), hint="or say it in `cel`")
    if each.cel:
        try:
            cel_expressions.read(_plain(each.cel))
        except cel_expressions.NoExpression as error:
            yield Problem(where=document.where((*path, "cel")), what=f"this is no CEL: {error}")


def _word(each: Expectation, path: Path, document: Document) -> Iterator[Problem]:
    if not each.wait:
        return
    where = document.where((*path, "for"))
    try:
        word = wait_words.parse(_plain(each.wait))
    except wait_words.NoWord as error:
        yield Problem(where=where, what=str(error), hint=f"write {wait_words.FORMS}")
        return
    if word.kind == "delete" and (each.fields or each.cel or not each.kind):
        what = "`delete` is about another object, and all of it"
        yield Problem(where=where, what=what, hint="name its `kind`; leave `fields` and `cel` out")


def _address(each: Expectation, path: Path, document: Document) -> Iterator[Problem]:
    where = document.where((*path, "dial"))
    try:
        parts = urlsplit(_plain(each.dial))
        fine = parts.scheme in ("tcp", "http", "https") and bool(parts.hostname)
        fine = fine and (parts.scheme != "tcp" or parts.port is not None)
    except ValueError:
        fine = False
    if not fine:
        hint = "tcp://host:port, or an http URL"
        yield Problem(where=where, what=f"`{each.dial}` is no address to dial", hint=hint)
    if each.headers and each.dial.startswith("tcp:"):
        where = document.where((*path, "headers"), key=True)
        yield Problem(where=where, what="what answers at a tcp address has no headers")
    if each.kind or each.wait or each.fields or each.cel:
        what = "an address is dialled, and no object is looked at"
        yield Problem(where=where, what=what, hint="make two expectations of it")


def _says(each: Expectation, key: str) -> bool:
    return bool(msgspec.to_builtins(each)[key])


def _plain(text: str) -> str:
    """A text with a number for each placeholder: what it will be like."""
    return _PLACEHOLDER.sub("0", text)
