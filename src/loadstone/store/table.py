"""The table of baseline stores, and how one is opened by what a user gives for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from loadstone.errors import UsageError
from loadstone.store.blobs import address
from loadstone.store.blobs.branch import Branch
from loadstone.store.blobs.bucket import Bucket, client
from loadstone.store.blobs.folder import Folder
from loadstone.store.blobs.protocol import Blobs
from loadstone.store.blobs.tips import find
from loadstone.store.directory import DirectoryStore
from loadstone.store.documents import BlobDocuments, Documents
from loadstone.store.protocol import Store
from loadstone.store.record_store import RecordStore
from loadstone.system.git import without_secret

ASIDE = Path("unsaved-baselines")  # where records go that a branch or bucket does not take


def _branch(place: str) -> Branch:
    found = address.branch(place)
    return Branch(f"git:{_without_secret(place)}", partial(find, found, Path.cwd()))


def _bucket(place: str) -> Bucket:
    return Bucket(address.bucket(place), client)


def _folder(place: str) -> Folder:
    return Folder(Path(place))


BLOBS: Mapping[str, Callable[[str], Blobs]] = {
    "directory": _folder,
    "git": _branch,
    "s3": _bucket,
}
STORES: Mapping[str, Callable[[str], Store]] = {
    "directory": DirectoryStore,
    "git": lambda place: RecordStore(_branch(place), aside=ASIDE),
    "s3": lambda place: RecordStore(_bucket(place), aside=ASIDE),
}
DEFAULT = "directory"


def open_store(where: str | Path, table: Mapping[str, Callable[[str], Store]] = STORES) -> Store:
    """The store at `KIND:PLACE`, or at a path, which is a directory.

    Raises `UsageError` for a kind that the table lacks, and for a place that cannot be.
    """
    kind, place = _parted(where, table)
    return table[kind](place)


def open_documents(where: str | Path) -> Documents:
    """The documents beside the records of a store. Raises what `open_store` raises."""
    kind, place = _parted(where, BLOBS)
    return BlobDocuments(BLOBS[kind](place))


def _parted(where: str | Path, kinds: Mapping[str, object]) -> tuple[str, str]:
    kind, colon, place = str(where).partition(":")
    if not colon or "/" in kind or "\\" in kind:
        kind, place = DEFAULT, str(where)
    if kind not in kinds:
        raise UsageError(
            f"there is no kind of store called `{kind}`",
            next_step=f"choose one of: {', '.join(kinds)}; or write ./{where} for a directory",
        )
    return kind, place


def _without_secret(place: str) -> str:
    branch, at, remote = place.partition("@")
    return f"{branch}{at}{without_secret(remote)}"
