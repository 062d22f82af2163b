"""Archives for tests, honest and hostile ones."""

import io
import tarfile
import zipfile
from pathlib import Path

SCRIPT = b"#!/bin/sh\necho thing 1\n"


def tar(path: Path, *members: tuple[str, bytes | str], mode: str = "w:gz") -> Path:
    """A tar of members: a name and its bytes; for a link, `->TARGET` (`=>TARGET` a hard one)."""
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, content in members:
            entry = tarfile.TarInfo(name)
            entry.mode = 0o755
            if isinstance(content, bytes):
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
                continue
            entry.type = tarfile.SYMTYPE if content.startswith("->") else tarfile.LNKTYPE
            entry.linkname = content[2:]
            if not content:
                entry.type = tarfile.DIRTYPE
            archive.addfile(entry)
    return path


def zipped(path: Path, *members: tuple[str, bytes], kind: int = 0o100755) -> Path:
    """A zip of members; `kind`: their file type and mode."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            entry = zipfile.ZipInfo(name)
            entry.external_attr = kind << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return path
