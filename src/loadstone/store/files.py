"""Safe writing of files: a crash, a full disk or a second writer never spoils one."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from loadstone.errors import LoadstoneError

_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def replace(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; an older one stays until the new one is safely on disk.

    Raises `LoadstoneError` when it cannot be written.
    """
    try:
        draft = _draft(path, data)
        draft.replace(path)
        _settle(path.parent)
    except OSError as error:
        raise unwritable(path, error) from error


def create(path: Path, data: bytes, *, link: Callable[[Path, Path], None] = os.link) -> None:
    """Write a file whole or not at all, under a name that nothing has.

    `link` gives a file a second name and fails when that is taken; `rename` would overwrite.

    Raises `FileExistsError` when something has it, `LoadstoneError` when it cannot be written.
    """
    try:
        draft = _draft(path, data)
        try:
            link(draft, path)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            _claim(draft, path)
        finally:
            draft.unlink(missing_ok=True)
        _settle(path.parent)
    except FileExistsError:
        raise
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: Path, error: OSError) -> LoadstoneError:
    """The error for a file that could not be written."""
    if error.errno in _FULL:
        return LoadstoneError(
            f"cannot write {path}: {os.strerror(error.errno or 0).lower()}",
            next_step="free space on that disk (or raise `ulimit -f`), then repeat the command; "
            "a run goes on with `--resume`",
        )
    return LoadstoneError(
        f"cannot write {path}: {(error.strerror or str(error)).lower()}",
        next_step="name a directory that can be written to",
    )


def write_all(descriptor: int, data: bytes) -> None:
    """Write every byte and wait until the disk has them."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
    os.fsync(descriptor)


def _draft(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=".draft-", dir=path.parent)
    draft = Path(name)
    try:
        os.fchmod(descriptor, 0o644)  # mkstemp's 0600 would keep a record from its other readers
        write_all(descriptor, data)
    except BaseException:
        draft.unlink()
        raise
    finally:
        os.close(descriptor)
    return draft


def _claim(draft: Path, path: Path) -> None:
    """Where a file cannot have two names: take the name first, then replace what took it."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
    draft.replace(path)


def _settle(directory: Path) -> None:
    """Make a new name in a directory survive a power cut, where the system can do that."""
    with contextlib.suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
