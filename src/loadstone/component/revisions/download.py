"""Downloads of releases: a file by URL, held to its published checksum, cached by that digest."""

from __future__ import annotations

import hashlib
import platform
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import requests

from loadstone import formats
from loadstone.component import cache as caches
from loadstone.component.revisions import archive_member, checksums
from loadstone.component.revisions.architecture import architecture
from loadstone.component.revisions.archive_member import ArchiveRefused
from loadstone.component.revisions.resolved_program import with_program
from loadstone.component.revisions.revision_request import (
    ProgramRequest,
    RevisionRequest,
    offered,
)
from loadstone.errors import MeasurementFailed, UsageError
from loadstone.formats.fill import fill_text
from loadstone.formats.revisions import is_protected
from loadstone.model import Revision
from loadstone.system import temporary

LIST = 4 * 2**20  # By of a list of checksums
LARGEST = 4 * 2**30  # By of a release's file
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}")
_TIMEOUT = (10.0, 60.0)  # s to connect, and between two pieces
_PIECE = 2**20


def find(request: RevisionRequest) -> Revision:
    """Find the file of a release in the list of its checksums; the file is not fetched yet.

    Raises `UsageError` for a release that is not there or has no such file, `MeasurementFailed`
    where its server cannot be reached.
    """
    source = offered(request.component.revisions.download, request.component, "download")
    names = _names(request.name, request.asked)
    url, where = fill_text(source.url, names), fill_text(source.checksums, names)
    with _answer(where) as answer:
        _require_there(answer, where, request.asked)
        text = b"".join(_pieces(answer, LIST)).decode(errors="replace")
    file = urlsplit(url).path.rpartition("/")[2]
    checksum = checksums.listed(text, file)
    if checksum is None:
        raise UsageError(
            f"{where} has no checksum of {file}",
            next_step="mend `revisions.download`: nothing is run that is not held to one",
        )
    return Revision(
        side=request.side,
        asked=request.asked,
        label=request.name.removeprefix("v"),
        source="download",
        origin=f"{url} {checksum}",
    )


def make(request: ProgramRequest) -> Revision:
    """Fetch a file that was found, once per digest, and take the program out of it."""
    source = offered(request.component.revisions.download, request.component, "download")
    url, checksum = request.found.origin.split(" ")
    file = urlsplit(url).path.rpartition("/")[2]
    digest = checksum.partition(":")[2]
    name = Path(source.executable).name or file
    inside = hashlib.sha256(source.executable.encode()).hexdigest()[:8]
    place = request.cache / "downloads" / request.component.component / f"{digest[:32]}-{inside}"
    with caches.making(place):
        if not place.is_dir():
            request.progress(f"downloading {file}")
            _make(source, url, checksum, place, name)
        caches.use(place)
    return with_program(request.component, request.found, place / name)


def _make(source: formats.DownloadSource, url: str, checksum: str, place: Path, name: str) -> None:
    with temporary.directory() as scratch:
        fetched = scratch / "fetched"
        _fetch(url, checksum, fetched)
        with caches.filling(place, url) as folder:
            _unpack(source, url, fetched, folder / name)


def _unpack(source: formats.DownloadSource, url: str, fetched: Path, program: Path) -> None:
    """The program of a file that was fetched: a member of it, or the file itself."""
    if not source.executable:
        shutil.copyfile(fetched, program)
        program.chmod(0o755)
        return
    try:
        archive_member.copy_out(fetched, source.executable, program)
    except ArchiveRefused as error:
        raise ArchiveRefused(
            f"{url} is refused: {error.message}",
            next_step="mend `revisions.download.executable`, or look into the archive",
        ) from error


def _fetch(url: str, checksum: str, target: Path) -> None:
    algorithm, _, wanted = checksum.partition(":")
    found = hashlib.new(algorithm)
    with _answer(url) as answer, target.open("xb") as out:
        _require_there(answer, url, url)
        for piece in _pieces(answer, LARGEST):
            found.update(piece)
            out.write(piece)
    if found.hexdigest() != wanted:
        raise MeasurementFailed(
            f"{url} is not what its checksum says: {algorithm} {found.hexdigest()[:16]}…"
            f" instead of {wanted[:16]}…",
            next_step="nothing of it was run; ask who publishes it",
        )


def _names(name: str, asked: str) -> Mapping[str, str]:
    """What `${…}` stand for in the URLs."""
    if not _NAME.fullmatch(name) or ".." in name:
        raise UsageError(
            f"{asked!r} is not the name of a revision: {name!r} cannot stand in a URL",
            next_step="write a version as its releases are called: 3.7.15",
        )
    return {
        "revision": name.removeprefix("v"),
        "os": sys.platform,
        "arch": architecture(),
        "machine": platform.machine(),
    }


@contextmanager
def _answer(url: str) -> Iterator[requests.Response]:
    """The answer to a GET, which is not read yet. Nobody's passwords are sent along."""
    _require_safe(url)
    with requests.Session() as session:
        session.auth = lambda prepared: prepared  # a .netrc is not ours to use
        session.headers["Accept-Encoding"] = "identity"  # what has a checksum is not unpacked
        try:
            with session.get(url, stream=True, timeout=_TIMEOUT) as answer:
                for each in (*answer.history, answer):
                    _require_safe(each.url)
                yield answer
        except requests.RequestException as error:
            raise MeasurementFailed(
                f"{url} cannot be fetched: {error}", next_step=f"`curl -fL {url}` has to work"
            ) from error


def _pieces(answer: requests.Response, most: int) -> Iterator[bytes]:
    length = 0
    for piece in answer.iter_content(_PIECE):
        length += len(piece)
        if length > most:
            raise MeasurementFailed(f"{answer.url} is larger than {most} bytes")
        yield piece


def _require_there(answer: requests.Response, url: str, asked: str) -> None:
    if answer.status_code in (404, 410):
        raise UsageError(
            f"there is no {asked}: {url} answers {answer.status_code}",
            next_step="name a version that was released, or mend `revisions.download`",
        )
    if answer.status_code != 200:
        raise MeasurementFailed(f"{url} answers {answer.status_code}")


def _require_safe(url: str) -> None:
    """A checksum that came unprotected protects from nothing."""
    if not is_protected(url):
        raise UsageError(
            f"{url} is no https URL", next_step="mend `revisions.download` in the component file"
        )
