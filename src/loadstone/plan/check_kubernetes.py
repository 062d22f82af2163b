"""Semantic checks of how a component is deployed as pods, beyond its shape."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from loadstone.errors import Problem
from loadstone.formats import Component, Kubernetes
from loadstone.formats.deployment import problems as faulty_deployment
from loadstone.formats.fill import fill
from loadstone.formats.kubernetes import NAMES
from loadstone.formats.manifests import faults
from loadstone.formats.schema_problems import did_you_mean
from loadstone.formats.yaml_text import Document
from loadstone.plan.bind import placeholders
from loadstone.plan.check_processes import by_path, filled, unknown_placeholders

_SECTION = "kubernetes"
_OF_PROGRAMS = ("command", "env", "files", "version", "stop_timeout")


def problems(component: Component, document: Document) -> Iterator[Problem]:
    """A deployment in no form or in two, images that are none, ports that nobody listens on."""
    said = component.kubernetes
    if said is None:
        return
    yield from _forms(said, document)
    if component.revisions.image is None:
        where = document.where((_SECTION,), key=True)
        what = "nothing says which image a revision is"
        hint = "add `revisions: {image: {reference: name:v${revision}}}`"
        yield Problem(where=where, what=what, hint=hint)
    yield from _ports(component, said, document)
    for index, item in enumerate(said.manifests):
        if not isinstance(item, str) and (what := faults(item)):
            yield Problem(where=document.where((_SECTION, "manifests", index)), what=what)
    given = msgspec.to_builtins({"manifests": said.manifests, "chart": said.chart})
    known = {*NAMES, *component.settings}
    yield from unknown_placeholders(given, (_SECTION,), known, document)


def of_objects(component: Component, document: Document) -> Iterator[Problem]:
    """The faults of the objects of a file's `manifests`, which are no names of files any more."""
    said = component.kubernetes
    if said is None or not said.manifests:
        return
    names = component.settled({}) | {name: f"${{{name}}}" for name in NAMES}
    objects = [fill(item, names) for item in said.manifests]
    where = document.where((_SECTION, "workload"))
    found = faulty_deployment(said, objects, image=names["image"], namespace=names["namespace"])
    yield from (Problem(where=where, what=what) for what in found)


def _forms(said: Kubernetes, document: Document) -> Iterator[Problem]:
    forms = said.forms()
    if len(forms) != 1:
        what = f"{' and '.join(forms)} say what is applied" if forms else "nothing is applied"
        hint = "one of manifests, kustomization, chart"
        yield Problem(where=document.where((_SECTION,), key=True), what=what, hint=hint)


def _ports(component: Component, said: Kubernetes, document: Document) -> Iterator[Problem]:
    """Each port that an address of the file names has a number here, and no other has."""
    known = [port for process in component.started().values() for port in process.ports]
    for name in said.ports:
        if name not in known:
            where = document.where((_SECTION, "ports", name), key=True)
            what = f"the file has no port `{name}`"
            yield Problem(where=where, what=what, hint=did_you_mean(name, known))
    used = set(_used(component))
    for name in known:
        if name in used - set(said.ports):
            what = f"the port `{name}` has no number"
            hint = f"the one that the container listens on: `ports: {{{name}: 8080}}`"
            where = document.where((_SECTION, "ports"), key=True)
            yield Problem(where=where, what=what, hint=hint)


def _used(component: Component) -> Iterator[str]:
    """The ports that are named where we go ourselves; a command is not looked at in a pod."""
    for process in by_path(component).values():
        ours = {key: value for key, value in filled(process).items() if key not in _OF_PROGRAMS}
        yield from (name.removesuffix("_port") for _, name in placeholders(ours))
    push = msgspec.to_builtins(component.push) or {}
    secure = msgspec.to_builtins(component.secure_traffic)
    for _, name in placeholders([component.traffic, secure, push]):
        yield name.removesuffix("_port")
