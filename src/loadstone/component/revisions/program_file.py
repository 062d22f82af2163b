"""A program that is there already: the file that a revision names."""

from __future__ import annotations

from pathlib import Path

from loadstone.errors import UsageError

SURELY_PATHS = ("/", "./", "../", "~")  # how names begin that can be nothing else


def program_file(name: str) -> Path:
    """The absolute path of a program. Raises `UsageError` for a file that is none."""
    path = Path(name).expanduser().absolute()
    if not path.is_file():
        raise UsageError(f"there is no file {name}", next_step="path:FILE names a program")
    if not path.stat().st_mode & 0o111:
        raise UsageError(f"{name} is not executable", next_step=f"chmod +x {name}")
    return path
