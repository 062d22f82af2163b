"""Facts of Git that are decided on: where two commits parted, what differs, tags, tips."""

from __future__ import annotations

from pathlib import Path

from loadstone.store.layout import COMMIT
from loadstone.system.git import ask

_MOST_TAGS = 200


def commit_of(repository: Path, name: str) -> str:
    """The commit that a name stands for; "" where Git knows none."""
    found = ask(
        repository, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"
    )
    return found or ""


def merge_base(repository: Path, one: str, other: str) -> str:
    """The commit at which two parted; "" where there is none, or none that is here."""
    if not (COMMIT.fullmatch(one) and COMMIT.fullmatch(other)):
        return ""
    found = ask(repository, "merge-base", "--end-of-options", one, other)
    return found.splitlines()[0] if found else ""


def changed_files(repository: Path, base: str, head: str) -> tuple[str, ...] | None:
    """The files that differ between two commits, old and new names; None where nobody knows."""
    said = ask(
        repository, "diff", "--name-only", "--no-renames", "-z", "--end-of-options", base, head
    )
    return None if said is None else tuple(name for name in said.split("\0") if name)


def releases(repository: Path, head: str) -> tuple[str, ...]:
    """The tags of commits that lead to `head`, newest first."""
    order = ["--sort=-version:refname", "--sort=-creatordate", f"--merged={head}"]
    said = ask(repository, "tag", *order) or ""
    return tuple(said.splitlines()[:_MOST_TAGS])


def behind(repository: Path, base: str, tip: str) -> int:
    """The commits that a tip has and `base` has not; 0 where nobody knows."""
    said = ask(repository, "rev-list", "--count", "--end-of-options", tip, f"^{base}") or "0"
    return int(said) if said.isdecimal() else 0
