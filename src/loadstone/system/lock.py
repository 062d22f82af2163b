"""A lock on an output directory: one process at a time, released by the kernel when it ends.

The claim is the kernel's lock on a file, which ends with its process, however that ends: a stale
claim cannot be. The file says who holds it, for whoever comes second.

A file that merely exists stays behind when its process is killed, and a pid in it may be another's
by now; so the pid is for the message alone. A file system without locks gives an error that asks
for another `--out`.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loadstone.errors import LoadstoneError, UsageError

FILE = ".loadstone-lock"


@contextmanager
def claimed(directory: Path) -> Iterator[Path]:
    """The directory, made where there is none, claimed until this is left.

    Raises `UsageError` with the process that has claimed it, and `LoadstoneError` where the
    directory cannot be written.
    """
    path = directory / FILE
    try:
        directory.mkdir(parents=True, exist_ok=True)
        descriptor = _locked(path)
    except OSError as error:
        raise LoadstoneError(
            f"cannot write into {directory}: {error.strerror}",
            next_step="choose another directory with --out",
        ) from error
    try:
        yield directory
    finally:
        path.unlink(missing_ok=True)  # before the lock goes, so that nobody gets it of no file
        os.close(descriptor)


def _locked(path: Path) -> int:
    """A descriptor of the file with this process's lock on it."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 20, 0).decode(errors="replace").strip()
            os.close(descriptor)
            raise _taken(path.parent, holder) from None
        except OSError:
            os.close(descriptor)
            raise
        if _is(path, descriptor):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
            return descriptor
        os.close(descriptor)  # the last holder removed it between our opening and locking it


def _is(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _taken(directory: Path, holder: str) -> UsageError:
    who = f"process {holder}" if holder.isdecimal() else "another process"
    stop = f", or stop it by `kill {holder}`" if holder.isdecimal() else ""
    return UsageError(
        f"{directory} is in use: {who} measures into it",
        next_step=f"wait for it{stop}, or choose another directory with --out",
    )
