"""Submodules of a checkout: from clones on this machine, or else from their URLs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from loadstone.component.revisions.repositories import Repository
from loadstone.model import Note
from loadstone.system.git import Settings, ask, git, words
from loadstone.system.processes import CommandFailed

_LOCAL = ("protocol.file.allow", "always")


def submodules(repository: Repository, tree: Path, settings: Settings) -> Iterator[Note]:
    """Check the submodules out; return what is lacking, and why."""
    if "\n160000 " not in "\n" + git(tree, "ls-files", "--stage"):
        return
    if not repository.mirror:  # a path beside a repository of this machine may be one of its
        settings = [*settings, _LOCAL]
    cloned = _cloned(repository, tree)
    said = _updated(tree, [*settings, *cloned, _LOCAL]) if cloned else ""
    if said or not cloned:
        if cloned:
            ask(tree, "submodule", "deinit", "--quiet", "--all", "--force")
            shutil.rmtree(tree / ".git" / "modules", ignore_errors=True)
        said = _updated(tree, settings)
    if said:
        yield Note.of("no-submodules", said=said)


def _updated(tree: Path, settings: Settings) -> str:
    """Check out all submodules: what Git said where it could not, or left one out."""
    order = ("submodule", "--quiet", "update", "--init", "--recursive")
    try:
        git(tree, *order, settings=settings)
        found = git(tree, "submodule", "status", "--recursive", settings=settings)
    except CommandFailed as error:
        return words(error) or error.message
    return ", ".join(line.split()[1] for line in found.splitlines() if line.startswith("-"))


def _cloned(repository: Repository, tree: Path) -> Settings:
    """Where the submodules that the repository itself has cloned are, as settings."""
    said = ask(tree, "config", "--file=.gitmodules", "--name-only", "--get-regexp", r"\.path$")
    names = [
        line.removeprefix("submodule.").removesuffix(".path") for line in (said or "").splitlines()
    ]
    places = {name: repository.common / "modules" / name for name in names if ".." not in name}
    return [(f"submodule.{name}.url", str(each)) for name, each in places.items() if each.is_dir()]
