"""Page-cache warming: a program's file is read in one and the same way on both sides.

Resident memory counts the pages of the program's file that are mapped, and the kernel maps them in
the pieces ("folios") in which they were read: a file that was read from one end to the other is
mapped in large pieces, one that was just written or faulted in, in small ones. For the same Go
program of 180 MB that makes 150 MiB or 85 MiB resident: docs/decisions/0050.
"""

from __future__ import annotations

import os
from pathlib import Path

_PIECE = 1 << 20  # By read at a time


def settle(path: Path) -> None:
    """Drop the file from the page cache and read it in again, from one end to the other.

    Pages that another process has mapped, or that are not written to the disk yet, stay as they
    are; hence the sync. Costs about 0.1 s for 180 MB that the disk's own cache holds.
    """
    piece = bytearray(_PIECE)
    with path.open("rb", buffering=0) as file:
        os.fdatasync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while file.readinto(piece):
            pass
