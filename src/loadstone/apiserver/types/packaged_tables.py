"""Packaged tables: files beside these modules, also where the program is one archive."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def read_packaged(path: Path) -> bytes:
    """The bytes of a file; in an archive (`python -m zipapp`) it has no path of its own."""
    if path.exists():
        return path.read_bytes()
    return files(__package__).joinpath(path.name).read_bytes()
