"""Images in archives, read without a daemon: `docker save`, and the OCI layout as tar or folder.

An image is a list of layers, each a tar of the files that it adds, with marks for those that it
removes. A program is looked for from the last layer down, through the links of the image, and
copied out. Files of an OCI layout are named by their sha256 and held to it.
"""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from loadstone.component.revisions.architecture import architecture
from loadstone.component.revisions.archive_member import ArchiveRefused
from loadstone.component.revisions.image_tree import ImageTree

LARGEST = 2 * 2**30  # By of a program
WHOLE = 16 * 2**30  # By of all layers, unpacked
ENTRIES = 500_000
_JSON = 4 * 2**20  # By of a manifest
_PIECE = 2**20
_UNREADABLE = (
    *(tarfile.TarError, EOFError, OSError, ValueError, KeyError, TypeError, RecursionError),
)


class ImageFiles(Protocol):
    """The files of an archive or a folder, by name."""

    def open(self, name: str) -> IO[bytes]:
        """Raises `KeyError` for a name that is not there."""


@dataclass(frozen=True, kw_only=True)
class FolderFiles:
    """The files of a folder."""

    folder: Path

    def open(self, name: str) -> IO[bytes]:
        path = (self.folder / name).resolve()
        if not path.is_relative_to(self.folder.resolve()) or not path.is_file():
            raise KeyError(name)
        return path.open("rb")


@dataclass(frozen=True, kw_only=True)
class TarFiles:
    """The files of an archive."""

    archive: tarfile.TarFile

    def open(self, name: str) -> IO[bytes]:
        for prefix in ("", "./"):
            try:
                found = self.archive.getmember(prefix + name)
            except KeyError:
                continue
            opened = self.archive.extractfile(found)  # `docker save` links layers that are alike
            if opened is None:
                raise KeyError(name)
            return opened
        raise KeyError(name)


@dataclass(frozen=True, kw_only=True)
class SavedImage:
    """An image of an archive: its digest, and the files of its layers, the lowest first."""

    blobs: ImageFiles
    digest: str  # sha256:… of its manifest, or of its configuration where there is no manifest
    layers: Sequence[str]


@contextmanager
def saved(path: Path) -> Iterator[SavedImage]:
    """The image of an archive or a folder. Raises `ArchiveRefused` where it holds not just one."""
    try:
        if path.is_dir():
            yield _image(FolderFiles(folder=path))
            return
        with tarfile.open(path) as archive:
            yield _image(TarFiles(archive=archive))
    except _UNREADABLE as error:
        raise ArchiveRefused(f"it is no image that can be read: {error!r}") from error


def copy_out(image: SavedImage, executable: str, program: Path) -> None:
    """Copy a file of the image to the new file `program`. Raises `ArchiveRefused`."""
    place = _tree(image).file(executable)
    if place is None:
        raise ArchiveRefused(
            f"there is no file {executable} in the image",
            next_step="mend `revisions.image.executable`: the program's path inside",
        )
    with _layer(image, place.layer) as layer:
        member = layer.getmember(place.member)
        inner = layer.extractfile(member)  # of a hard link, what it is linked to
        if inner is None or member.size > LARGEST:
            raise ArchiveRefused(f"{executable} is no file of the image that could be a program")
        written = 0
        with program.open("xb") as out:
            while piece := inner.read(_PIECE):
                written += len(piece)
                if written > LARGEST:
                    raise ArchiveRefused(f"{executable} is larger than a program")
                out.write(piece)
    program.chmod(0o755)


def _image(blobs: ImageFiles) -> SavedImage:
    """The OCI layout where it is one; newer Docker writes both, and only that has a manifest."""
    try:
        index = _json(blobs, "index.json")
    except KeyError:
        return _docker(blobs)
    return _oci(blobs, index)


def _docker(blobs: ImageFiles) -> SavedImage:
    images = _json(blobs, "manifest.json")
    if not isinstance(images, list) or len(images) != 1:
        raise ArchiveRefused("it holds several images", next_step="save one of them alone")
    with blobs.open(images[0]["Config"]) as config:
        digest = hashlib.sha256(config.read(_JSON)).hexdigest()
    return SavedImage(blobs=blobs, digest=f"sha256:{digest}", layers=images[0]["Layers"])


def _oci(blobs: ImageFiles, index: Any) -> SavedImage:
    for _ in range(3):  # an index may name an index
        chosen = _of_this_machine(index["manifests"])
        found = _json(blobs, _blob(chosen["digest"]), digest=chosen["digest"])
        if "layers" in found:
            layers = [each["digest"] for each in found["layers"]]
            for each in layers:
                _verify(blobs, each)
            names = [_blob(each) for each in layers]
            return SavedImage(blobs=blobs, digest=chosen["digest"], layers=names)
        index = found
    raise ArchiveRefused("its index leads to no manifest")


def _of_this_machine(manifests: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    machine = architecture()
    fitting = [
        each
        for each in manifests
        if each.get("platform", {}).get("os", "linux") == "linux"
        and each.get("platform", {}).get("architecture", machine) == machine
    ]
    digests = {each["digest"] for each in fitting}
    if len(digests) != 1:
        raise ArchiveRefused(
            f"it holds {len(digests)} images for linux/{machine}, and one is needed",
            next_step="save one image alone",
        )
    return fitting[0]


def _json(blobs: ImageFiles, name: str, *, digest: str = "") -> Any:
    with blobs.open(name) as opened:
        data = opened.read(_JSON + 1)
    if len(data) > _JSON:
        raise ArchiveRefused(f"{name} is larger than a manifest")
    if digest and f"sha256:{hashlib.sha256(data).hexdigest()}" != digest:
        raise ArchiveRefused(f"{name} is not what its name says")
    return json.loads(data)


def _verify(blobs: ImageFiles, digest: str) -> None:
    with blobs.open(_blob(digest)) as opened:
        found = hashlib.file_digest(opened, "sha256").hexdigest()  # type: ignore[arg-type]
    if f"sha256:{found}" != digest:
        raise ArchiveRefused(f"the layer {digest[:19]}… is not what its name says")


def _blob(digest: str) -> str:
    algorithm, _, name = digest.partition(":")
    if algorithm != "sha256" or len(name) != 64 or not name.isalnum():
        raise ArchiveRefused(f"{digest[:80]!r} is no sha256 digest")
    return f"blobs/sha256/{name}"


@contextmanager
def _layer(image: SavedImage, number: int) -> Iterator[tarfile.TarFile]:
    with image.blobs.open(image.layers[number]) as raw:
        magic = raw.read(4)
        raw.seek(0)
        if magic == b"\x28\xb5\x2f\xfd":
            raise ArchiveRefused(
                "its layers are compressed with zstd, which is not read here",
                next_step="`docker save` of the same image writes plain ones",
            )
        packed = magic.startswith(b"\x1f\x8b")
        with tarfile.open(fileobj=raw, mode="r:gz" if packed else "r:") as opened:
            yield opened


def _tree(image: SavedImage) -> ImageTree:
    """All paths of the image. Raises `ArchiveRefused` beyond the bounds of any image."""
    tree, entries, size = ImageTree(), 0, 0
    for number in range(len(image.layers)):
        with _layer(image, number) as layer:
            for each in layer:
                entries, size = entries + 1, size + each.size
                if entries > ENTRIES or size > WHOLE:
                    raise ArchiveRefused("it unpacks to more than any image")
                tree.lay(
                    number,
                    each.name,
                    link=each.linkname if each.issym() else "",
                    file=each.isfile() or each.islnk(),
                )
    return tree
