"""Semantic checks of a component's processes, beyond their shape."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec

from loadstone.errors import Problem
from loadstone.formats import Component, Process, ProcessFields
from loadstone.formats.schema_problems import did_you_mean
from loadstone.formats.yaml_text import Document, Path
from loadstone.plan import check_scrape
from loadstone.plan.bind import placeholders

# What the measuring side replaces in a component's strings, beside its ports.
NAMES = ("executable", "api", "kubeconfig", "namespace", "dir")
REVISION = "revision"  # in `revision` of a process: the one that is compared
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_PROCESS = re.compile(r"[a-z][a-z0-9-]*")


def problems(component: Component, document: Document) -> Iterator[Problem]:
    """Processes that cannot be told apart, started, or measured."""
    yield from _forms(component, document)
    yield from _compared(component, document)
    yield from _ports(component, document)
    yield from _files(component, document)
    for path, process in by_path(component).items():
        yield from _revision(process, path, document)
        yield from _urls(process, path, document)
        yield from _scrape(process, path, document)


def by_path(component: Component) -> Mapping[Path, Process]:
    """The processes of a component, each by its path in the file."""
    return {
        ("processes", name) if component.processes else (): process
        for name, process in component.started().items()
    }


def ports(component: Component) -> list[str]:
    """The names of all its processes' ports: as addresses, and as numbers alone."""
    named = [port for process in component.started().values() for port in process.ports]
    return [*named, *(f"{port}_port" for port in named)]


def unknown_placeholders(
    data: object, path: Path, known: set[str], document: Document
) -> Iterator[Problem]:
    """The placeholders in a part of the file that nothing will replace."""
    for below, name in placeholders(data):
        if name not in known:
            where = document.where((*path, *below))
            hint = did_you_mean(name, known)
            yield Problem(where=where, what=f"`${{{name}}}` has no value", hint=hint)


def _forms(component: Component, document: Document) -> Iterator[Problem]:
    """One process in the file itself, or several in `processes`, and nothing between these."""
    written = set(document.data) if isinstance(document.data, dict) else set()
    if not component.processes:
        needed = ("ready",) if component.kubernetes else ("command", "ready")
        for key in needed:
            if not getattr(component, key):
                what, hint = f"no `{key}`", "how it is started; or several `processes`"
                yield Problem(where=document.where((), key=True), what=what, hint=hint)
        return
    for key in ("command", "ready", *ProcessFields.__struct_fields__):
        if key in written:
            what, hint = f"`{key}` is a process's own", "move it below one of `processes`"
            yield Problem(where=document.where((key,), key=True), what=what, hint=hint)
    for name in component.processes:
        if not _PROCESS.fullmatch(name):
            where = document.where(("processes", name), key=True)
            hint = "small letters, digits and -"
            yield Problem(where=where, what=f"`{name}` is no name for a process", hint=hint)


def _compared(component: Component, document: Document) -> Iterator[Problem]:
    """There is one process that is measured before the others, and runs what is compared."""
    if not component.processes:
        if component.measured:
            where = document.where(("measured",), key=True)
            yield Problem(where=where, what="there are no `processes` to choose from")
        return
    where, known = document.where(("measured",)), component.compared()
    if component.measured:
        if component.measured not in known:
            what = f"no process without `revisions` is called `{component.measured}`"
            yield Problem(where=where, what=what, hint=did_you_mean(component.measured, known))
    elif not known:
        where = document.where(("processes",), key=True)
        what, hint = "every process has `revisions` of its own", "one runs what is compared"
        yield Problem(where=where, what=what, hint=hint)
    elif len(known) > 1:
        where = document.where(("processes",), key=True)
        what = f"{', '.join(known)} run the program that is compared"
        yield Problem(where=where, what=what, hint=f"add `measured: {known[0]}`")


def _ports(component: Component, document: Document) -> Iterator[Problem]:
    """All processes know all ports, so their names differ."""
    seen: set[str] = set()
    for path, process in by_path(component).items():
        for index, port in enumerate(process.ports):
            where = document.where((*path, "ports", index))
            if port in seen:
                yield Problem(where=where, what=f"the port `{port}` is listed twice")
            elif port.removesuffix("_port") in seen - {port} or f"{port}_port" in seen:
                what = f"`{port}` could be the number of another port"
                yield Problem(where=where, what=what, hint="choose another name")
            elif port in (*NAMES, "routes", REVISION) or not _NAME.fullmatch(port):
                hint = f"small letters, digits and _, and none of {', '.join(NAMES)}, routes"
                yield Problem(where=where, what=f"`{port}` is no name for a port", hint=hint)
            seen.add(port)


def _files(component: Component, document: Document) -> Iterator[Problem]:
    """All processes share `${dir}`."""
    seen: dict[str, str] = {}
    for path, process in by_path(component).items():
        for name, content in process.files.items():
            if seen.setdefault(name, content) != content:
                where = document.where((*path, "files", name), key=True)
                what = f"another process writes another file `{name}`"
                yield Problem(where=where, what=what, hint="they share `${dir}`: rename one")


def _revision(process: Process, path: Path, document: Document) -> Iterator[Problem]:
    if process.revisions and not process.revision:
        where = document.where((*path, "revisions"), key=True)
        hint = "add `revision: 1.2.3`, or `${revision}` for the one that is compared"
        yield Problem(where=where, what="nothing says which revision it is", hint=hint)
    if process.revision and not process.revisions:
        where = document.where((*path, "revision"), key=True)
        what = "nothing says where this revision comes from"
        yield Problem(where=where, what=what, hint="add `revisions`")
    yield from unknown_placeholders(process.revision, (*path, "revision"), {REVISION}, document)


def _urls(process: Process, path: Path, document: Document) -> Iterator[Problem]:
    urls = {
        ("ready", "url"): process.ready.url,
        ("metrics",): process.metrics,
        ("pprof",): process.pprof,
        ("expvar",): process.expvar,
        ("collect",): process.collect,
    }
    for below, url in urls.items():
        if url:
            yield from no_url(url, (*path, *below), document)


def no_url(url: str, path: Path, document: Document) -> Iterator[Problem]:
    """A problem where a text is no URL."""
    if not url.startswith(("http://", "https://")):
        hint = "http://${port_name}/…"
        yield Problem(where=document.where(path), what=f"`{url}` is no URL", hint=hint)


def _scrape(process: Process, path: Path, document: Document) -> Iterator[Problem]:
    for key in ("scrape", "presets"):
        if getattr(process, key) and not process.metrics:
            where = document.where((*path, key), key=True)
            yield Problem(where=where, what="there is no page to scrape", hint="set `metrics`")
    for index, name in enumerate(process.presets):
        if name in process.presets[:index]:
            where = document.where((*path, "presets", index))
            yield Problem(where=where, what=f"the preset `{name}` is listed twice")
    yield from check_scrape.problems(process.scrape, document, path)


def filled(process: Process) -> dict[str, object]:
    """The parts of a process whose strings are filled."""
    data: dict[str, object] = msgspec.to_builtins(process)
    left = ("scrape", "presets", "profilers", "revisions", "revision", "ports")
    return {key: value for key, value in data.items() if key not in left}
