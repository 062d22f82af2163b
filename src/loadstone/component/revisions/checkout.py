"""Checkouts: the files of a commit, with its submodules and large files, in a new directory.

The repository is new and borrows the objects of the one that the commit is in. So nothing is
written into a user's repository, and nothing that its configuration asks for runs here: hooks,
filters, a sparse or a linked checkout. A build sees tags and branches, as `git describe` needs.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from loadstone.component.revisions.repositories import Repository
from loadstone.component.revisions.submodules import submodules
from loadstone.errors import MeasurementFailed
from loadstone.model import Note, Scalar
from loadstone.system.git import Settings, ask, git, unasked, without_secret, words
from loadstone.system.processes import CommandFailed

_LFS = (
    ("filter.lfs.process", "git-lfs filter-process"),
    ("filter.lfs.smudge", "git-lfs smudge -- %f"),
    ("filter.lfs.clean", "git-lfs clean -- %f"),
    ("filter.lfs.required", "true"),
)
# What a build's own calls of Git must not start either: nothing goes on when the tree is gone.
_QUIET = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
}
_OFF = {"process": "", "smudge": "", "clean": "", "required": "false"}
_POINTER = b"version https://git-lfs.github.com/spec/"
_SHOWN = 3  # names of files in a message


def check_out(repository: Repository, commit: str, tree: Path) -> list[Note]:
    """Check `commit` out into the new directory `tree`; return what is lacking, and why.

    Raises `MeasurementFailed` with Git's words where the commit itself cannot be had.
    """
    settings: Settings = [
        *unasked(repository.path),
        *repository.access(),
        *_filters(tree.parent),
    ]
    try:
        _prepare(repository, tree)
        why, settings = _files(commit, tree, settings)
    except CommandFailed as error:
        raise MeasurementFailed(
            f"Git does not check out {commit[:12]} of {repository.shown}: {words(error)}"
        ) from error
    return [*submodules(repository, tree, settings), *_pointers(tree, why)]


def _files(commit: str, tree: Path, settings: Settings) -> tuple[str, Settings]:
    """Check out the files, large ones too where that can be: why not, and what did it."""
    order = ("checkout", "--quiet", "--force", "--detach", commit)
    if shutil.which("git-lfs") is None:
        git(tree, *order, settings=settings)
        return "there is no git-lfs here", settings
    try:  # of the repository's own large files, git-lfs takes those whose objects are borrowed
        git(tree, *order, settings=[*settings, *_LFS])
    except CommandFailed as error:
        git(tree, *order, settings=settings)
        return words(error), settings
    return "git-lfs left them out", [*settings, *_LFS]  # as GIT_LFS_SKIP_SMUDGE asks of it


def _prepare(repository: Repository, tree: Path) -> None:
    """An empty repository with the objects, the refs and the remote of another one."""
    form = repository.git("rev-parse", "--show-object-format").strip()
    git(tree.parent, "init", "--quiet", "--template=", f"--object-format={form}", str(tree))
    own = tree / ".git"
    (own / "objects" / "info").mkdir(parents=True, exist_ok=True)
    (own / "objects" / "info" / "alternates").write_text(f"{repository.file('objects')}\n")
    if repository.shallow:
        shutil.copyfile(repository.file("shallow"), own / "shallow")
    refs = "--format=%(if)%(symref)%(then)%(else)create %(refname) %(objectname)%(end)"
    kinds = ("refs/heads", "refs/tags", "refs/remotes")
    there = repository.git("for-each-ref", refs, *kinds).splitlines()
    git(tree, "update-ref", "--stdin", input="".join(f"{line}\n" for line in there if line))
    said = {**_QUIET, "remote.origin.url": _url(repository), **_partial(repository)}
    for name, value in said.items():
        git(tree, "config", name, without_secret(value))


def _url(repository: Repository) -> str:
    """Where its submodules and large files are looked for, when they are named from there."""
    url = repository.ask("config", "--get", "remote.origin.url") or str(repository.path)
    return url if ":" in url else str(repository.path / url)


def _partial(repository: Repository) -> Mapping[str, str]:
    """Of a partial clone: where what it left out comes from."""
    remote = repository.ask("config", "--get", "extensions.partialClone") or next(
        (
            line.removeprefix("remote.").removesuffix(".promisor")
            for line in _names(repository, r"^remote\..*\.promisor$")
        ),
        "",
    )
    if not remote:
        return {}
    return {
        "remote.origin.url": repository.ask("config", "--get", f"remote.{remote}.url") or "",
        "remote.origin.promisor": "true",
        "remote.origin.partialclonefilter": "blob:none",
        "core.repositoryformatversion": "1",
        "extensions.partialClone": "origin",
    }


def _filters(anywhere: Path) -> Settings:
    """The user's filters without their commands."""
    said = ask(anywhere, "config", "--null", "--name-only", "--get-regexp", r"^filter\.") or ""
    names = {name.rpartition(".")[0] for name in said.split("\0") if name}
    return [(f"{name}.{key}", value) for name in sorted(names) for key, value in _OFF.items()]


def _pointers(tree: Path, why: str) -> Iterator[Note]:
    """Large files of which only the pointer is there."""
    listed = git(tree, "ls-files", "-z", "--recurse-submodules", "--", ":(attr:filter=lfs)")
    names = [name for name in listed.split("\0") if name and _is_pointer(tree / name)]
    if names:
        data: dict[str, Scalar] = {"files": ", ".join(names[:_SHOWN]), "said": why}
        if len(names) > _SHOWN:
            data["more"] = len(names) - _SHOWN
        yield Note.of("no-lfs", **data)


def _is_pointer(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return not path.is_symlink() and file.read(len(_POINTER)) == _POINTER
    except OSError:
        return False


def _names(repository: Repository, pattern: str) -> list[str]:
    return _lines(repository.ask("config", "--name-only", "--get-regexp", pattern))


def _lines(said: str | None) -> list[str]:
    return (said or "").splitlines()
