"""Trees of a data branch: which files a commit has, without their bytes. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from loadstone.errors import UsageError
from loadstone.store.names import is_safe

_PLAIN = {"100644", "100755"}
_KINDS = {"120000": "a symbolic link", "160000": "a submodule"}


@dataclass(frozen=True, kw_only=True)
class TreeEntry:
    """A file of a tree: its mode, and the name of its object."""

    mode: str
    object: str

    @property
    def is_plain(self) -> bool:
        """Whether it is a file, and neither a link nor a submodule."""
        return self.mode in _PLAIN

    @property
    def kind(self) -> str:
        """What it is if it is no plain file, for people."""
        return _KINDS.get(self.mode, "no file")


@dataclass(frozen=True, kw_only=True)
class Tree:
    """All files of a commit; of no commit, none."""

    commit: str | None = None
    files: Mapping[str, TreeEntry] = field(default_factory=dict)


def entries(listing: bytes) -> Iterator[tuple[str, TreeEntry]]:
    """The names and entries of what `git ls-tree -r -z` prints."""
    for line in filter(None, listing.split(b"\0")):
        about, _, name = line.decode(errors="replace").partition("\t")
        mode, _, found = about.split(" ")
        yield name, TreeEntry(mode=mode, object=found)


def refuse_overlap(tree: Tree, name: str) -> None:
    """Refuse a name beneath a file, or above one: Git would remove what is there."""
    parts = name.split("/")
    above = {"/".join(parts[:depth]) for depth in range(1, len(parts))} & tree.files.keys()
    beneath = [each for each in tree.files if each.startswith(f"{name}/")]
    if above or beneath or not is_safe(name):
        raise UsageError(
            f"{name} cannot be written: {next(iter([*above, *beneath]), name)} is in the way",
            next_step="remove that file from the branch",
        )
