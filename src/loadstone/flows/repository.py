"""A look at a repository: what its files for Loadstone depend on. Nothing of it is run."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from loadstone.errors import UsageError
from loadstone.formats.configuration import PLACES
from loadstone.scaffold.drafts import WORKFLOWS
from loadstone.scaffold.repository_facts import ActionPin, RepositoryFacts, pin
from loadstone.system import git

_PLAIN = re.compile(r"[A-Za-z0-9][\w.-]*")
_MODULE = re.compile(r"^module\s+\"?([\w./~-]+)\"?", flags=re.MULTILINE)
_USES = re.compile(r"^\s*(?:- )?uses: ([\w-]+/loadstone@[0-9a-f]{40})(?: # (\S+))?", re.MULTILINE)
_URL = re.compile(r".*[/:]([\w-]+/[\w.-]+?)(\.git)?/?")
_DEPTH = 4  # folders below the root in which charts and the like are looked for
_MOST = 20  # of each kind
_LONGEST = 1 << 20  # By of a file that is read
_SKIPPED = frozenset({".git", "vendor", "node_modules", "testdata", "third_party"})


def facts(root: Path) -> RepositoryFacts:
    """Look at a repository. Raises `UsageError` where `root` is no directory."""
    require(root)
    found = sorted(_files(root))
    return RepositoryFacts(
        directory=root.resolve().name,
        branch=_branch(root),
        module=_first(_MODULE, read(root / "go.mod")),
        programs=sorted(_programs(root)),
        dockerfiles=[name for name in found if Path(name).name == "Dockerfile"][:_MOST],
        charts=[name for name in found if Path(name).name == "Chart.yaml"][:_MOST],
        kustomizations=[name for name in found if Path(name).stem == "kustomization"][:_MOST],
    )


def require(root: Path) -> None:
    """Raise `UsageError` where `root` is no directory."""
    if not root.is_dir():
        raise UsageError(f"{root} is no directory", next_step="name the root of a repository")


def configuration(root: Path) -> str:
    """The configuration that is there, from the root; "" for none."""
    return next((name for name in PLACES if (root / name).is_file()), "")


def workflow_files(root: Path) -> dict[str, str]:
    """The workflows of a repository, by path from its root."""
    folder = root / WORKFLOWS
    paths = sorted([*folder.glob("*.yml"), *folder.glob("*.yaml")])
    return {f"{WORKFLOWS}/{path.name}": read(path) for path in paths if path.is_file()}


def is_loadstone(root: Path) -> bool:
    """Whether the repository is the action's own, so that `./` in a workflow is Loadstone."""
    return bool(re.search(r"^name: Loadstone$", read(root / "action.yml"), flags=re.MULTILINE))


def action(root: Path, said: str = "") -> ActionPin:
    """The commit of the action: as said, as workflows have it, or that this was installed from.

    Raises `UsageError` for one that is not pinned, or where nothing says one.
    """
    if said:
        text, _, version = said.partition("#")
        found = pin(text.strip(), version=version.strip())
        if found is None:
            raise UsageError(
                f"`{said}` is no pinned action", next_step="--action OWNER/loadstone@COMMIT, whole"
            )
        return found
    known = _used(root) or _installed()
    if known is None:
        raise UsageError(
            "nothing says which commit of Loadstone the workflows are to use",
            next_step="loadstone init --action OWNER/loadstone@COMMIT",
        )
    return known


def read(path: Path) -> str:
    """The text of a file; "" where there is none, or none that anybody would write by hand."""
    try:
        if path.stat().st_size > _LONGEST:
            return ""
        return path.read_bytes().decode(errors="replace")
    except OSError:
        return ""


def _used(root: Path) -> ActionPin | None:
    for text in workflow_files(root).values():
        if found := _USES.search(text):
            return pin(found[1], version=found[2] or "")
    return None


def _installed() -> ActionPin | None:
    """What pip wrote down of where this package came from, when that was a commit."""
    try:
        said = json.loads(metadata.distribution("loadstone").read_text("direct_url.json") or "{}")
    except (metadata.PackageNotFoundError, ValueError):
        return None
    repository = _URL.fullmatch(str(said.get("url", "")))
    commit = said.get("vcs_info", {}).get("commit_id", "")
    return pin(f"{repository[1]}@{commit}") if repository else None


def _branch(root: Path) -> str:
    """The default branch: the remote's, else the one that is checked out, else `main`."""
    remote = git.ask(root, "symbolic-ref", "--short", "refs/remotes/origin/HEAD")
    if remote:
        return remote.removeprefix("origin/")
    return git.ask(root, "symbolic-ref", "--short", "HEAD") or "main"


def _programs(root: Path) -> Iterator[str]:
    """Folders of cmd/ with a main package, whose names can stand in a command as they are."""
    for folder in sorted((root / "cmd").glob("*")):
        files = folder.glob("*.go") if folder.is_dir() and _PLAIN.fullmatch(folder.name) else ()
        if any(re.search(r"^package main\b", read(file), flags=re.MULTILINE) for file in files):
            yield folder.name


def _files(root: Path) -> Iterator[str]:
    for place, folders, names in os.walk(root):
        depth = len(Path(place).relative_to(root).parts)
        kept = [name for name in folders if name not in _SKIPPED]
        folders[:] = kept if depth < _DEPTH else []
        yield from (Path(place, name).relative_to(root).as_posix() for name in names)


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""
