"""Files and processes that commands leave or remove, named for whoever looks for them."""

from __future__ import annotations

from collections.abc import Sequence


def written(folder: str, names: Sequence[str]) -> str:
    """The line below a report that names the files of the same."""
    return "files: " + "  ".join(f"{folder}/{name}" for name in names)


def swept(things: Sequence[str]) -> str:
    """What killed runs left behind and is gone now."""
    return "\n".join(f"removed {thing}" for thing in things) or "nothing was left behind"


def schemas(paths: Sequence[str], comment: str) -> str:
    """The schemas that were written, and the line by which an editor finds each."""
    lines = [f"wrote {path}" for path in paths]
    lines += ["", "as the first line of a file, with the path from where the file is:"]
    return "\n".join([*lines, *(f"  {comment}{path}" for path in paths)])


def listed(paths: Sequence[str]) -> str:
    """Files that were written, a line each."""
    return "\n".join(f"wrote {path}" for path in paths)
