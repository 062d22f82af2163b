"""Programs of container images: out of archives without a daemon, and through one."""

import hashlib
import json
import platform
import tarfile
from pathlib import Path

import pytest

from loadstone import formats
from loadstone.component import cache as caches
from loadstone.component.revisions.resolve import find, resolve
from loadstone.errors import MeasurementFailed, MissingTool, UsageError
from loadstone.model import Side
from tests.component.revisions.archives import SCRIPT, tar

MACHINE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
# A stand-in for `docker`: the daemon has what `image.tar` beside it holds, once it was pulled.
DOCKER = """#!/bin/sh
here="$(dirname "$0")"
echo "$@" >> "$here/calls"
case "$1 $2" in
  "--version ") echo "Docker version 28.0.1" ;;
  "version --format") [ -f "$here/daemon" ] && echo 28.0.1 || { echo "no socket" >&2; exit 1; } ;;
  "image inspect") [ -f "$here/pulled" ] && cat "$here/inspected" || exit 1 ;;
  "image pull") [ -f "$here/image.tar" ] || { echo "denied" >&2; exit 1; }; touch "$here/pulled" ;;
  "image save") cp "$here/image.tar" "$4" ;;
esac
"""


def blob(folder: Path, data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()
    (folder / "blobs" / "sha256").mkdir(parents=True, exist_ok=True)
    (folder / "blobs" / "sha256" / digest).write_bytes(data)
    return f"sha256:{digest}"


def layout(folder: Path, *layers: Path, architecture=MACHINE) -> str:
    """An OCI layout in `folder`, with another machine's image beside it; returns its digest."""
    described = [{"digest": blob(folder, each.read_bytes())} for each in layers]
    manifest = blob(folder, json.dumps({"layers": described}).encode())
    other = blob(folder, json.dumps({"layers": []}).encode())
    manifests = [
        {"digest": manifest, "platform": {"os": "linux", "architecture": architecture}},
        {"digest": other, "platform": {"os": "linux", "architecture": "s390x"}},
    ]
    nested = blob(folder, json.dumps({"manifests": manifests}).encode())
    (folder / "index.json").write_text(json.dumps({"manifests": [{"digest": nested}]}))
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    return manifest


def packed(folder: Path, path: Path) -> Path:
    with tarfile.open(path, "w") as archive:
        for each in sorted(folder.rglob("*")):
            archive.add(each, str(each.relative_to(folder)), recursive=False)
    return path


@pytest.fixture
def layers(tmp_path):
    low = tar(tmp_path / "low", ("usr/bin/thing", b"#!/bin/sh\necho old\n"), ("bin", "->usr/bin"))
    high = tar(tmp_path / "high", ("usr/bin/thing", SCRIPT), mode="w")
    return [low, high]


@pytest.fixture
def saved(tmp_path, layers):
    """What `docker save` wrote before it wrote layouts: a layer that is alike is a link."""
    config = b'{"rootfs": {}}'
    members = [(f"{number}/layer.tar", each.read_bytes()) for number, each in enumerate(layers)]
    named = [*(name for name, _ in members), "again/layer.tar"]
    listed = json.dumps([{"Config": "c.json", "Layers": named}]).encode()
    path = tmp_path / "image.tar"
    link = ("again/layer.tar", "->../1/layer.tar")
    tar(path, ("c.json", config), ("manifest.json", listed), *members, link, mode="w")
    return path, f"sha256:{hashlib.sha256(config).hexdigest()}"


def component(executable="/bin/thing"):
    image = formats.ImageSource(reference="a.test/thing:v${revision}", executable=executable)
    return formats.Component(
        component="thing",
        about="",
        role="x",
        revisions=formats.Revisions(image=image),
        ports=["http"],
        command=["${executable}"],
        traffic="${http}",
        ready=formats.Ready(url="http://${http}/"),
        version=["${executable}"],
    )


def test_a_program_is_copied_out_of_a_layout_or_an_archive_of_one(tmp_path, layers):
    digest = layout(tmp_path / "layout", *layers)
    archive = packed(tmp_path / "layout", tmp_path / "layout.tar")
    for where in (tmp_path / "layout", archive):
        found = resolve(component(), f"image:{where}", Side.HEAD, cache=tmp_path / "cache")
        assert (found.version, found.source, found.label) == ("thing 1", "image", where.name)
        assert found.origin == f"{where} {digest}"
        assert found.digest == hashlib.sha256(SCRIPT).hexdigest()
    (entry,) = caches.entries(tmp_path / "cache")  # one digest is one entry
    assert entry.kind == "images"


def test_a_program_is_copied_out_of_what_docker_saves(tmp_path, saved):
    path, digest = saved
    found = resolve(component(), f"image:{path}", Side.HEAD, cache=tmp_path / "cache")
    assert (found.version, found.origin) == ("thing 1", f"{path} {digest}")


def test_a_blob_that_is_not_what_its_name_says_is_refused(tmp_path, layers):
    layout(tmp_path / "layout", *layers)
    digest = hashlib.sha256(layers[1].read_bytes()).hexdigest()
    (tmp_path / "layout" / "blobs" / "sha256" / digest).write_bytes(layers[0].read_bytes())
    with pytest.raises(MeasurementFailed, match="not what its name says"):
        resolve(component(), f"image:{tmp_path}/layout", Side.HEAD, cache=tmp_path / "cache")


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (lambda folder: (folder / "index.json").write_text("{}"), "no image that can be read"),
        (lambda folder: (folder / "index.json").unlink(), "no image that can be read"),
        (
            lambda folder: (folder / "index.json").write_text(
                '{"manifests": [{"digest": "sha256:../../x"}]}'
            ),
            "no sha256 digest",
        ),
    ],
)
def test_what_is_no_image_is_refused(tmp_path, layers, broken, said):
    layout(tmp_path / "layout", *layers)
    broken(tmp_path / "layout")
    with pytest.raises(MeasurementFailed, match=said):
        find(component(), f"image:{tmp_path}/layout", Side.HEAD, cache=tmp_path / "cache")


def test_an_image_of_another_machine_alone_is_refused(tmp_path, layers):
    layout(tmp_path / "layout", *layers, architecture="riscv64")
    with pytest.raises(MeasurementFailed, match=f"0 images for linux/{MACHINE}"):
        find(component(), f"image:{tmp_path}/layout", Side.HEAD, cache=tmp_path / "cache")


def test_a_program_that_the_image_lacks_is_an_error(tmp_path, saved):
    with pytest.raises(MeasurementFailed, match="no file /bin/none in the image") as caught:
        resolve(component("/bin/none"), f"image:{saved[0]}", Side.HEAD, cache=tmp_path / "cache")
    assert "revisions.image.executable" in caught.value.next_step


@pytest.fixture
def docker(tmp_path, saved):
    """A `docker` whose daemon can pull one image."""
    place = tmp_path / "tools"
    place.mkdir()
    program = place / "docker"
    program.write_text(DOCKER)
    program.chmod(0o755)
    (place / "daemon").touch()
    saved[0].rename(place / "image.tar")
    digest = "a.test/thing@sha256:" + "5" * 64
    (place / "inspected").write_text(json.dumps([{"Id": "sha256:1", "RepoDigests": [digest]}]))
    return program


def test_a_version_is_pulled_and_copied_out_once(tmp_path, docker):
    for _ in range(2):
        found = resolve(
            component(), "1.0", Side.HEAD, cache=tmp_path / "cache", tools={"docker": docker}
        )
        assert (found.version, found.image) == ("thing 1", "a.test/thing:v1.0")
        assert found.origin == "a.test/thing:v1.0 sha256:" + "5" * 64
    calls = (docker.parent / "calls").read_text().splitlines()
    assert sum(each.startswith("image pull") for each in calls) == 1
    assert sum(each.startswith("image save") for each in calls) == 1


def test_without_a_daemon_it_is_said_what_to_do(tmp_path, docker):
    (docker.parent / "daemon").unlink()
    with pytest.raises(MissingTool, match="no Docker daemon answers: no socket") as caught:
        find(component(), "1.0", Side.HEAD, cache=tmp_path, tools={"docker": docker})
    assert "docker save" in caught.value.next_step


def test_an_image_that_cannot_be_pulled_is_an_error_in_dockers_words(tmp_path, docker):
    (docker.parent / "image.tar").unlink()
    with pytest.raises(UsageError, match=r"no getting the image a\.test/thing:v1\.0: denied"):
        find(component(), "1.0", Side.HEAD, cache=tmp_path, tools={"docker": docker})
