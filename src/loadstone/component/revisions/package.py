"""Installations of Python packages that ship a program, a version each, in the cache."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from loadstone import formats
from loadstone.component import cache as caches
from loadstone.component.revisions import versions
from loadstone.errors import MeasurementFailed, UsageError
from loadstone.system import processes

_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
_VERSIONS = re.compile(r"from versions: ([^)]*)\)")
# What pip writes for an entry point: it imports the package, which is on nobody's path here.
_ENTRY_POINT = re.compile(
    rb"#![^\n]*python[^\n]*\n(# -\*-[^\n]*\n)?import (re\nimport )?sys\nfrom [\w.]+ import "
)


def install(
    package: formats.PackageSource,
    version: str,
    cache: Path,
    progress: Callable[[str], None],
    *,
    options: Sequence[str] = (),
) -> Path:
    """Install `package` at `version` unless it is there already; return its program.

    `options` go to pip (`--find-links`, `--no-index`, …).
    Raises `UsageError` for a version that does not exist, naming near ones, and for a program that
    is none; `MeasurementFailed` when the installation fails for another reason.
    """
    path = PurePosixPath(package.executable)
    if not _NAME.fullmatch(package.name) or path.is_absolute() or ".." in path.parts:
        raise UsageError(f"{package.name}/{package.executable} does not name a package's program")
    version = str(versions.version(version) or version)  # `v1.0` and `1.0` are one
    place = cache / "packages" / package.name / version
    with caches.making(place):
        if not place.is_dir():
            progress(f"installing {package.name} {version}")
            _install_into(place, package.name, version, options)
        caches.use(place)
    program = place / path if len(path.parts) > 1 else place / "bin" / path
    what = f"{package.name} {version}"
    if not program.is_file():
        raise UsageError(
            f"{what} has no program {package.executable}",
            next_step=f"look into {place} and mend `revisions.package.executable`",
        )
    if _starts_another(program):
        raise UsageError(
            f"{package.executable} of {what} is a script that starts something else of the package",
            next_step=_inside(place),
        )
    return program


def _starts_another(program: Path) -> bool:
    with program.open("rb") as file:
        return _ENTRY_POINT.match(file.read(1000)) is not None


def _inside(place: Path) -> str:
    """The programs of a package that are no scripts of its `bin`."""
    named = sorted(
        str(each.relative_to(place))
        for each in place.rglob("*")
        if each.is_file() and os.access(each, os.X_OK) and each.parent != place / "bin"
    )
    if not named:
        return "name another `revisions.package.executable`: the package has no program inside"
    return f"write its path as `revisions.package.executable`: {', '.join(named[:3])}"


def _install_into(place: Path, name: str, version: str, options: Sequence[str]) -> None:
    made = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
    try:
        # only wheels: an sdist would run its own code here
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--no-deps"]
        pip += ["--disable-pip-version-check", "--only-binary", ":all:", "--target", str(made)]
        processes.run([*pip, *options, f"{name}=={version}"], timeout=300)
        made.rename(place)  # in one step: a killed installation leaves nothing half made
    except processes.CommandFailed as error:
        raise _explained(name, version, error) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _explained(name: str, version: str, error: processes.CommandFailed) -> Exception:
    found = _VERSIONS.search(error.output)
    known = [each.strip() for each in found[1].split(",")] if found else []
    if known and known != ["none"]:
        return UsageError(f"there is no {name} {version}", next_step=_near(version, known))
    if known:
        return MeasurementFailed(
            f"no version of the package {name} was found: there is none, or the network is down",
            next_step=f"check the name, and `pip download --no-deps {name}=={version}`",
        )
    return MeasurementFailed(f"installing {name} {version} failed: {error.message}")


def _near(version: str, known: Sequence[str]) -> str:
    """The versions beside it, and the newest where that is none of them."""
    found = versions.near(version, known)
    newest = versions.near("", known)[-1:]
    beyond = f"; the newest is {newest[0]}" if newest and newest[0] not in found else ""
    return f"near it are: {', '.join(found)}{beyond}"
