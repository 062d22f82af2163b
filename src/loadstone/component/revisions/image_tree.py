"""The files of an image when its layers lie upon one another. Pure.

Links lead inside the image, as under `chroot`. `.wh.NAME` removes what lower layers have of a name,
`.wh..wh..opq` all that they have in a folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

_LINKS = 40  # followed for one path, as the kernel does
_DEEPEST = 100  # folders in one another
_GONE = ".wh."
_OPAQUE = ".wh..wh..opq"


@dataclass
class ImagePath:
    """An entry at a path: in which layer, under which name there, and what lies below it."""

    layer: int
    member: str = ""
    link: str = ""  # where it leads, of a symbolic link
    file: bool = False
    children: dict[str, ImagePath] = field(default_factory=dict)


class ImageTree:
    """The paths of an image. Layers are laid upon it from the lowest to the highest."""

    def __init__(self) -> None:
        self._root = ImagePath(layer=0)

    def lay(self, layer: int, member: str, *, link: str = "", file: bool = False) -> None:
        """Lay a member of a layer upon what is there: a file, a link, or else a folder."""
        *folders, name = _parts(member) or [""]
        if not name or ".." in folders or name == ".." or len(folders) > _DEEPEST:
            return  # the root, or no path of an image
        parent = self._folder(folders, layer)
        if parent is None:
            return
        there = parent.children.get(name)
        if name == _OPAQUE:
            _prune(parent, layer)
        elif name.startswith(_GONE):
            gone = name.removeprefix(_GONE)
            if gone in parent.children and parent.children[gone].layer < layer:
                del parent.children[gone]
        elif link or file or there is None or there.link or there.file:
            parent.children[name] = ImagePath(layer=layer, member=member, link=link, file=file)
        else:
            there.layer = layer

    def file(self, path: str) -> ImagePath | None:
        """The file at a path, through links; None where there is none."""
        parts = self._resolved(_parts(path))
        found = self._at(parts) if parts else None
        return found if found is not None and found.file else None

    def _folder(self, parts: Sequence[str], layer: int) -> ImagePath | None:
        """A folder, through links, made where it is not there; None where a file is."""
        resolved = self._resolved(parts)
        if resolved is None:
            return None
        at = self._root
        for part in resolved:
            at = at.children.setdefault(part, ImagePath(layer=layer))
            if at.file:
                return None
        return at

    def _at(self, parts: Sequence[str]) -> ImagePath | None:
        at: ImagePath | None = self._root
        for part in parts:
            at = at.children.get(part) if at else None
        return at

    def _resolved(self, parts: Sequence[str]) -> list[str] | None:
        """A path without links in it; None where they lead in a circle."""
        left, at, followed = list(reversed(parts)), list[str](), 0
        while left:
            part = left.pop()
            if part == "..":
                at = at[:-1]
                continue
            there = self._at([*at, part])
            if there is None or not there.link:
                at.append(part)
                continue
            followed += 1
            if followed > _LINKS:
                return None
            at = [] if there.link.startswith("/") else at
            left += reversed(_parts(there.link))
        return at


def _parts(path: str) -> list[str]:
    return [part for part in PurePosixPath(path).parts if part != "/"]


def _prune(folder: ImagePath, before: int) -> bool:
    """Remove what lower layers have below a folder: whether anything is left there."""
    folder.children = {
        name: each
        for name, each in folder.children.items()
        if _prune(each, before) or each.layer >= before
    }
    return bool(folder.children)
