"""Origins: whose a function is, as its package and the program's build information tell.

Only Go is told, whose functions carry the path of their package: of the component itself, of one of
the modules that it was built from (with its version), of the standard library, or of the runtime.
Of other languages nothing is guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from loadstone.model import GoBuild
from loadstone.profiles import machine_room


class Origin(StrEnum):
    """Whose a function is."""

    COMPONENT = "component"
    DEPENDENCY = "dependency"
    STANDARD = "standard library"
    RUNTIME = "runtime"
    UNKNOWN = ""


@dataclass(frozen=True, kw_only=True)
class FunctionOrigin:
    """Whose a function is, and of a dependency its module."""

    origin: Origin
    module: str = ""


_HUB = "github.com/"
# A version of Go that stands for a commit: a time, and the beginning of its hash.
_PSEUDO = re.compile(r".*[-.]\d{14}-([0-9a-f]{12})(\+incompatible)?$")
_UNKNOWN = FunctionOrigin(origin=Origin.UNKNOWN)


def origin(name: str, build: GoBuild | None) -> FunctionOrigin:
    """The origin of a function by its name; unknown where no build information is."""
    if name.startswith("[") or machine_room.generic(name):
        return FunctionOrigin(origin=Origin.RUNTIME)
    package = package_of(name)
    if build is None or package is None:
        return _UNKNOWN
    return _of_package(package, build)


def _of_package(package: str, build: GoBuild) -> FunctionOrigin:
    if package == "main" or _within(package, build.module):
        return FunctionOrigin(origin=Origin.COMPONENT)
    found = max((each for each in build.modules if _within(package, each)), key=len, default="")
    if found:
        return FunctionOrigin(origin=Origin.DEPENDENCY, module=found)
    if "." not in package.partition("/")[0]:
        return FunctionOrigin(origin=Origin.STANDARD)
    return _UNKNOWN


@lru_cache(maxsize=65_536)
def package_of(name: str) -> str | None:
    """The path of a Go function's package, None of a name that has none.

    `github.com/a/b%2ev3/c.(*T).Method[...]` is of `github.com/a/b.v3/c`: Go escapes the dots of a
    path's last part.
    """
    bare = name.partition("[")[0].partition("(")[0]
    head, slash, tail = bare.rpartition("/")
    package, dot, _ = tail.partition(".")
    if not dot or not package or " " in bare or "::" in bare:
        return None
    return f"{head}{slash}{package}".replace("%2e", ".").replace("%2E", ".")


def _within(package: str, module: str) -> bool:
    return package == module or package.startswith(module + "/")


def became(module: str, base: GoBuild | None, head: GoBuild | None) -> str:
    """A module with its versions on both sides: `go-json 0.10.2 → gone`; one where equal."""
    before, after = (_version(module, build) for build in (base, head))
    name = module.removeprefix(_HUB)
    return f"{name} {before}" if before == after else f"{name} {before} → {after}"


def _version(module: str, build: GoBuild | None) -> str:
    if build is None:
        return "?"
    said = build.replaced.get(module) or build.modules.get(module, "gone")
    other, _, version = said.rpartition(" ")  # of a replacement its path as well
    version = _PSEUDO.sub(r"\1", version.removeprefix("v"))
    return f"{other.removeprefix(_HUB)} {version}".lstrip()
