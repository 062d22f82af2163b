"""What a repository holds that its files for Loadstone depend on."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

_NAME = re.compile(r"[^a-z0-9]+")
_PIN = re.compile(r"([A-Za-z0-9][\w-]*/[\w.-]+)@([0-9a-f]{40})")
_USUAL = ("controller", "manager", "server")  # of several programs, the likely component


@dataclass(frozen=True, kw_only=True)
class ActionPin:
    """The action as workflows name it: a repository, a full commit, and what to call that."""

    repository: str  # owner/name
    sha: str
    version: str = ""

    def __str__(self) -> str:
        return f"{self.repository}@{self.sha}{f' # {self.version}' if self.version else ''}"


@dataclass(frozen=True, kw_only=True)
class RepositoryFacts:
    """What was seen in a repository. Paths are relative to its root, with `/`."""

    directory: str  # the name of its folder
    branch: str  # the default one
    module: str = ""  # of Go
    programs: Sequence[str] = ()  # folders of cmd/ that hold a main package
    dockerfiles: Sequence[str] = ()
    charts: Sequence[str] = ()
    kustomizations: Sequence[str] = ()

    @property
    def program(self) -> str:
        """The program of cmd/ that is most likely the component; "" for none."""
        wanted = (self._base, self.directory, *_USUAL)
        return next(
            (each for each in wanted if each in self.programs), next(iter(self.programs), "")
        )

    @property
    def name(self) -> str:
        """A name for the component: small letters, digits and `-`."""
        clean = _NAME.sub("-", (self.program or self._base or self.directory).lower()).strip("-")
        return clean if clean[:1].isalpha() else f"component-{clean}".rstrip("-")

    @property
    def minute(self) -> int:
        """A minute of the hour for the schedule: not everybody's the same one."""
        return hashlib.sha256(self.module.encode() or self.directory.encode()).digest()[0] % 60

    @property
    def _base(self) -> str:
        parts = [part for part in self.module.split("/") if not re.fullmatch(r"v[0-9]+", part)]
        return parts[-1] if parts else ""


def pin(text: str, *, version: str = "") -> ActionPin | None:
    """`OWNER/NAME@COMMIT` as a pin; None for anything else, as a branch or a tag."""
    found = _PIN.fullmatch(text)
    return ActionPin(repository=found[1], sha=found[2], version=version) if found else None
