"""The sources of a component's revisions, as a component file names them."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from msgspec import Meta

from loadstone.formats.fields import Spec

_HERE = ("127.0.0.1", "::1", "localhost")


def is_protected(url: str) -> bool:
    """Whether nobody on the way can change what a URL gives: a checksum from there protects."""
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)
    except ValueError:
        return False


class Definitions(Spec, frozen=True, kw_only=True):
    """The definitions of kinds (CustomResourceDefinition) that come with a revision's program.

    Every one in these files and folders, such as `config/crd/bases`, is in the cluster before the
    component starts; what is there and is none is left out. `labels` are put on each.
    """

    paths: Annotated[list[str], Meta(min_length=1)]
    labels: dict[str, str] = {}


class PackageSource(Spec, frozen=True, kw_only=True):
    """Revisions that are versions of a Python package that ships the program.

    `executable` is a script of the package by its name, or a path inside it, as
    `envoy/_bin/envoy`, where the script only starts what lies there.
    """

    name: str
    executable: str


class BuildSource(Spec, frozen=True, kw_only=True):
    """Revisions that are commits: a command run among the files of the revision.

    For pods an image is built of these files, as the `dockerfile` among them says. One that runs as
    pods alone has no `command` and `executable`.
    """

    repository: str  # a path or URL
    command: list[str] = []
    executable: str = ""  # path among those files after the build
    dockerfile: str = ""  # path among those files
    definitions: Definitions | None = None  # paths among those files after the build


class DownloadSource(Spec, frozen=True, kw_only=True):
    """Revisions that are files of releases, each held to a published checksum.

    Both URLs are `https`, or `http` of this machine. In them `${revision}`, `${os}` (linux),
    `${arch}` (amd64, arm64) and `${machine}` (x86_64, aarch64) are replaced. `checksums` is a list
    as `sha256sum` or `sha512sum` writes it, or one bare digest.
    """

    url: str
    checksums: str
    executable: str = ""  # path in the archive (.tar.gz, .zip); none: the file is the program


class GoSource(Spec, frozen=True, kw_only=True):
    """Revisions that are versions of a Go module: a package of it, built here.

    In `replaces` and `ldflags` `${version}` (v1.34.4), `${revision}` (1.34.4), `${major}`,
    `${minor}` and `${patch}` are replaced.
    """

    module: str
    package: str = ""  # below the module, as cmd/kube-proxy; none: its root
    # module, or all of a prefix as `k8s.io/*` → version, or another module and its version
    replaces: dict[str, str] = {}
    ldflags: str = ""
    tags: list[str] = []
    cgo: bool = False
    definitions: Definitions | None = None  # paths below the module


class ImageSource(Spec, frozen=True, kw_only=True):
    """Revisions that are container images; `${revision}` is replaced.

    `executable` is the program's path inside, for providers that run processes.
    """

    reference: str
    executable: str = ""


class Revisions(Spec, frozen=True, kw_only=True):
    """The sources of a component's revisions. A revision `path:FILE` always means that file."""

    package: PackageSource | None = None
    build: BuildSource | None = None
    download: DownloadSource | None = None
    go: GoSource | None = None
    image: ImageSource | None = None
