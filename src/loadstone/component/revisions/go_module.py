"""A Go module of our own that requires another one: its go.mod, and the versions in it. Pure.

Go obeys the `replace` lines of the module that is built and of no other. So what a program's own
makers replace by a published module is taken over here, and what they replace by a folder of their
repository (Kubernetes' staging modules, as v0.0.0) needs a version from the component file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from loadstone import formats
from loadstone.errors import UsageError
from loadstone.formats.fill import fill_text

NAME = "loadstone.build"  # of the module that is made
_PATH = re.compile(r"[A-Za-z0-9][A-Za-z0-9.~_-]*(/[A-Za-z0-9][A-Za-z0-9.~_-]*)*")
_QUERY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+/-]{0,199}")
_RELEASE = re.compile(r"v?(\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]*)?)")
_VERSION = re.compile(r"v(\d+)\.(\d+)\.([0-9A-Za-z.+-]+)")
_NOWHERE = re.compile(r"v0\.0\.0(-00010101000000-000000000000)?")  # a folder, and never published


@dataclass(frozen=True, kw_only=True)
class GoModule:
    """A published module: its version, and what its own go.mod says."""

    path: str
    version: str
    language: str = "1.17"  # the version of Go that it is written for
    replaced: Mapping[str, str] = field(default_factory=dict)  # module → another module, a version
    folders: Sequence[str] = ()  # modules that are folders of its repository


def query(name: str, asked: str) -> str:
    """The version that Go is asked for: `1.34.4` is v1.34.4; a branch or `latest` stays as it is.

    Raises `UsageError` for what Go could take for something else.
    """
    if not _QUERY.fullmatch(name) or ".." in name:
        raise UsageError(
            f"{asked!r} is not the name of a revision: {name!r} is no version of a module",
            next_step="write a version (1.34.4), latest, or a branch, tag or commit of the module",
        )
    release = _RELEASE.fullmatch(name)
    return f"v{release[1]}" if release else name


def read(path: str, version: str, edited: Mapping[str, Any]) -> GoModule:
    """A module from its go.mod as `go mod edit -json` shows it."""
    replaces = edited.get("Replace") or []
    there = {each["Old"]["Path"]: each["New"] for each in replaces}
    unpublished = [
        each["Path"]
        for each in edited.get("Require") or []
        if _NOWHERE.fullmatch(each["Version"]) and not there.get(each["Path"], {}).get("Version")
    ]
    folders = [old for old, new in there.items() if not new.get("Version")]
    return GoModule(
        path=path,
        version=version,
        language=edited.get("Go") or "1.17",
        replaced={
            old: f"{new['Path']} {new['Version']}"
            for old, new in there.items()
            if new.get("Version")
        },
        folders=sorted({*folders, *unpublished}),
    )


def names(version: str) -> Mapping[str, str]:
    """The values of `${…}` in a component file: the version, and its parts."""
    parts = _VERSION.fullmatch(version)
    major, minor, patch = parts.groups() if parts else ("", "", "")
    return {
        "version": version,
        "revision": version.removeprefix("v"),
        "major": major,
        "minor": minor,
        "patch": patch,
    }


def replacements(source: formats.GoSource, module: GoModule) -> Mapping[str, str]:
    """The replacements, by module: another module and its version, as go.mod has them.

    Raises `UsageError` for a replacement that is none, or where a folder is left without one.
    """
    filled = {
        old: fill_text(new, names(module.version)).split() for old, new in source.replaces.items()
    }
    _require_written(filled)
    found = dict(module.replaced)
    exact = {old: new for old, new in filled.items() if not old.endswith("/*")}
    for old in module.folders:
        for prefix, new in filled.items():
            if prefix.endswith("/*") and old.startswith(prefix.removesuffix("*")):
                found[old] = f"{old} {new[-1]}"
    found |= {old: " ".join(new if len(new) == 2 else [old, *new]) for old, new in exact.items()}
    return found


def is_published(version: str) -> bool:
    """Whether others can have the module at a version as a program says it: no `(devel)`."""
    return bool(_VERSION.fullmatch(version)) and not version.endswith("+dirty")


def lacking(source: formats.GoSource, module: GoModule) -> Sequence[str]:
    """The modules that are folders of the repository, and have no version yet."""
    there = replacements(source, module)
    return [old for old in module.folders if old not in there]


def go_mod(module: GoModule, replaced: Mapping[str, str]) -> str:
    """The go.mod of a module that requires this one."""
    lines = [f"module {NAME}", "", f"go {module.language}", ""]
    lines += [f"require {module.path} {module.version}", ""]
    lines += [f"replace {old} => {new}" for old, new in sorted(replaced.items())]
    return "\n".join(lines) + "\n"


def package(source: formats.GoSource) -> str:
    """The import path of the main package. Raises `UsageError` for what is none."""
    whole = "/".join([source.module, *([source.package.strip("/")] if source.package else [])])
    if not _PATH.fullmatch(whole) or "." not in whole.partition("/")[0]:
        raise UsageError(
            f"{whole!r} is no package of a Go module",
            next_step="mend `revisions.go`: module: example.com/thing, package: cmd/thing",
        )
    return whole


def program(path: str) -> str:
    """The name of a package's program, as Go gives it: its last part that is no /v2."""
    parts = path.split("/")
    major = len(parts) > 1 and re.fullmatch(r"v\d+", parts[-1])
    return parts[-2] if major else parts[-1]


def _require_written(filled: Mapping[str, Sequence[str]]) -> None:
    for old, new in filled.items():
        bare = old.removesuffix("/*")
        known = _PATH.fullmatch(bare) and len(new) in (1, 2) and _VERSION.fullmatch(new[-1])
        other = len(new) == 2 and (old.endswith("/*") or not _PATH.fullmatch(new[0]))
        if not known or other:
            raise UsageError(
                f"`revisions.go.replaces`: {old}: {' '.join(new)} is no replacement",
                next_step="write `MODULE: v1.2.3`, `MODULE: OTHER v1.2.3` or `PREFIX/*: v1.2.3`",
            )
