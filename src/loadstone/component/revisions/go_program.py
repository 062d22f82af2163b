"""Builds of Go modules: a package at a version, in a module of its own, cached.

What is fetched comes from the user's module proxy and is held to the checksum database, as his own
`go` settings say; nothing of our environment that could be a secret is seen by it.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loadstone import formats
from loadstone.component import cache as caches
from loadstone.component.revisions import go_module, versions
from loadstone.component.revisions.go_module import GoModule
from loadstone.component.revisions.resolved_program import with_program
from loadstone.component.revisions.revision_request import (
    ProgramRequest,
    RevisionRequest,
    offered,
)
from loadstone.errors import LoadstoneError, MeasurementFailed, UsageError
from loadstone.formats.fill import fill_text
from loadstone.model import Revision
from loadstone.system import processes, temporary
from loadstone.system.tools import find as find_tool

_FIND_WITHIN = 300.0  # s
_BUILD_WITHIN = 5400.0  # s: kube-apiserver from nothing, on two cores that others use
_UNREACHED = re.compile(r"dial tcp|no such host|i/o timeout|connection refused|TLS handshake")
_SHOWN = 4  # modules in a message


@dataclass(frozen=True, kw_only=True)
class Go:
    """The `go` of this machine, and where it works."""

    program: Path
    cgo: bool

    def run(
        self, *arguments: str, cwd: Path, within: float = _FIND_WITHIN
    ) -> processes.CompletedProcess:
        """Run it in the directory `cwd`. Raises `CommandFailed`."""
        fixed = {
            "GO111MODULE": "on",
            "GOFLAGS": "-buildvcs=false",  # and so nobody else's
            "GOWORK": "off",
            "CGO_ENABLED": "1" if self.cgo else "0",
        }
        command = [str(self.program), *arguments]
        return processes.run(command, cwd=cwd, env=fixed, timeout=within, scrubbed=True)

    def settings(self, cwd: Path) -> Sequence[str]:
        """What a program depends on beside its source: the compiler, and what it compiles for."""
        asked = ("GOVERSION", "GOOS", "GOARCH", "GOAMD64", "GOARM64", "GOEXPERIMENT")
        return self.run("env", *asked, cwd=cwd).stdout.splitlines()


def find(request: RevisionRequest) -> Revision:
    """Find a version of the component's Go module; nothing is built.

    Raises `MissingTool` without Go, `UsageError` for a version that the module does not have or
    replacements that it lacks, `MeasurementFailed` where it cannot be looked up.
    """
    source = offered(request.component.revisions.go, request.component, "go")
    go_module.package(source)
    wanted = go_module.query(request.name, request.asked)
    go = tool(source, request.tools)
    with temporary.directory() as scratch:
        module = _module(go, source.module, wanted, scratch)
    _require_replaced(source, module)
    return Revision(
        side=request.side,
        asked=request.asked,
        label=module.version.removeprefix("v"),
        source="go",
        origin=f"{source.module}@{module.version}",
    )


def make(request: ProgramRequest) -> Revision:
    """Build a version that was found, once per version, flags and Go."""
    source = offered(request.component.revisions.go, request.component, "go")
    go = tool(source, request.tools)
    version = request.found.origin.rpartition("@")[2]
    with temporary.directory() as scratch:
        module = _module(go, source.module, version, scratch)
        _require_replaced(source, module)
        replaced = go_module.replacements(source, module)
        settings = go.settings(scratch)
        command = _command(source, module)
        text = go_module.go_mod(module, replaced)
        key = _key([text, *command, *settings, str(source.cgo)])
        name = go_module.program(go_module.package(source))
        place = request.cache / "go" / f"{name}-{key}" / module.version
        with caches.making(place):
            if not place.is_dir():
                said = f"building {go_module.package(source)} {module.version} with {settings[0]}"
                request.progress(said)
                (scratch / "go.mod").write_text(text, encoding="utf-8")
                _build(go, command, scratch, place, name)
            caches.use(place)
    return with_program(request.component, request.found, place / name)


def tool(source: formats.GoSource, tools: Mapping[str, Path]) -> Go:
    """The `go` that builds programs of a source. Raises `MissingTool`."""
    return Go(program=find_tool("go", tools).path, cgo=source.cgo)


def _module(go: Go, path: str, wanted: str, scratch: Path) -> GoModule:
    """The module at the version that Go takes `wanted` for."""
    try:
        said = go.run("list", "-m", "-json", f"{path}@{wanted}", cwd=scratch).stdout
    except processes.CommandFailed as error:
        raise _unknown(go, path, wanted, scratch, error) from error
    found: dict[str, Any] = json.loads(said)
    edited: dict[str, Any] = json.loads(
        go.run("mod", "edit", "-json", found["GoMod"], cwd=scratch).stdout
    )
    return go_module.read(path, found["Version"], edited)


def _unknown(
    go: Go, path: str, wanted: str, scratch: Path, error: processes.CommandFailed
) -> LoadstoneError:
    """The error for a version that Go does not give: there is none, or no way to it."""
    words = error.output.strip()
    if not _UNREACHED.search(words):
        try:
            listed = go.run("list", "-m", "-versions", path, cwd=scratch).stdout.split()[1:]
        except processes.CommandFailed:
            listed = []
        near = versions.near(wanted.removeprefix("v"), listed)
        if near:
            return UsageError(
                f"there is no {path} {wanted}: {words}",
                next_step=f"near it are: {', '.join(near)}",
            )
    return MeasurementFailed(
        f"Go does not get {path} {wanted}: {words}",
        next_step=f"`go list -m {path}@{wanted}` has to work",
    )


def _require_replaced(source: formats.GoSource, module: GoModule) -> None:
    missing = go_module.lacking(source, module)
    if not missing:
        return
    shown = ", ".join(missing[:_SHOWN])
    more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
    several = f"{missing[0].rpartition('/')[0]}/*: v0.${{minor}}.${{patch}}"
    example = several if more else f"{missing[0]}: ${{version}}"
    raise UsageError(
        f"{shown}{more}: folders of the repository of {module.path}, of which its go.mod"
        " names no version",
        next_step="name the versions that are published of them in `revisions.go.replaces`,"
        f" as `{example}`",
    )


def _command(source: formats.GoSource, module: GoModule) -> list[str]:
    flags = ["-mod=mod", "-trimpath"]
    if source.ldflags:
        filled = fill_text(source.ldflags, go_module.names(module.version))
        flags.append(f"-ldflags={filled}")
    if source.tags:
        flags.append(f"-tags={','.join(source.tags)}")
    return ["build", *flags, "-o", "made", go_module.package(source)]


def _build(go: Go, command: Sequence[str], scratch: Path, place: Path, name: str) -> None:
    try:
        go.run(*command, cwd=scratch, within=_BUILD_WITHIN)
    except processes.CommandFailed as error:
        text = (scratch / "go.mod").read_text(encoding="utf-8").strip()
        raise MeasurementFailed(
            f"building failed: {error.message}",
            next_step=f"the command was given in a directory with this go.mod:\n{text}",
        ) from error
    built = scratch / "made"
    if not built.is_file() or not built.stat().st_mode & 0o111:  # an archive of a library
        raise MeasurementFailed(
            f"`go {processes.pretty(command)}` made no program",
            next_step="`revisions.go.package` has to be a main package",
        )
    with caches.filling(place, command[-1]) as folder:
        shutil.copy2(built, folder / name)


def _key(parts: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
