"""The store `directory`: baselines as files, such as in `baselines/` of a repository."""

from __future__ import annotations

from pathlib import Path

from loadstone.store.blobs.folder import Folder
from loadstone.store.record_store import RecordStore


class DirectoryStore(RecordStore):
    """The store `directory`. `root` is made when the first record is saved."""

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root)
        super().__init__(Folder(self.root))
