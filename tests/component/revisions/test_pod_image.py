"""Images that pods run and no registry has are made once, each by a name of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from loadstone import formats
from loadstone.component.revisions.commit_build import BuildFailed
from loadstone.component.revisions.resolve import find, resolve
from loadstone.errors import MeasurementFailed, UsageError
from loadstone.model import Revision, Side
from tests.component.repositories import commit, component, created
from tests.component.revisions.archives import tar

# A stand-in for `docker`: an image is a file beside it, by the name that it was built or tagged as.
DOCKER = """#!/bin/sh
here="$(dirname "$0")"
echo "$@" >> "$here/calls"
file() { printf "%s" "$here/images/$(printf "%s" "$1" | tr / _)"; }
case "$1 $2" in
  "--version ") echo "Docker version 28.0.1" ;;
  "version --format") echo 28.0.1 ;;
  "image inspect") [ -f "$(file "$3")" ] || exit 1
    printf '[{"Id": "sha256:%s"}]' "$(sha256sum < "$(file "$3")" | cut -c1-64)" ;;
  "image load") grep -q broken "$here/refuses" 2> /dev/null && { echo "no space" >&2; exit 1; }
    echo "Loaded image: theirs:dev"; cp "$4" "$(file theirs:dev)" ;;
  "image tag") cp "$(file "$3")" "$(file "$4")" ;;
  "build --quiet") [ -f "$6" ] || { echo "no Dockerfile" >&2; exit 1; }
    cat "$6" "$7/version" > "$(file "$4")" ;;
esac
"""


@pytest.fixture
def docker(tmp_path: Path) -> Path:
    place = tmp_path / "tools"
    (place / "images").mkdir(parents=True)
    program = place / "docker"
    program.write_text(DOCKER)
    program.chmod(0o755)
    return program


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    place = created(tmp_path / "repository")
    (place / "Dockerfile").write_text("FROM scratch\n")
    commit(place, "1")
    commit(place, "2")
    return place


def described(repository: Path, **build: Any) -> formats.Component:
    fields = {"repository": str(repository), "dockerfile": "Dockerfile", **build}
    source = formats.BuildSource(**fields)
    of: formats.Component = component(repository)
    image = formats.ImageSource(reference="a.test/thing:v${revision}")
    revisions = formats.Revisions(build=source, image=image)
    return msgspec.structs.replace(of, revisions=revisions)


def made(of: formats.Component, asked: str, docker: Path) -> Revision:
    cache = docker.parent / "cache"
    return resolve(of, asked, Side.HEAD, cache=cache, image_ok=True, tools={"docker": docker})


def calls(docker: Path, name: str) -> int:
    return sum(line.startswith(name) for line in (docker.parent / "calls").read_text().splitlines())


def test_a_commit_is_built_once_and_has_a_name_that_no_registry_has(
    repository: Path, docker: Path
) -> None:
    of = described(repository)
    one, two = (made(of, asked, docker) for asked in ("build:HEAD~1", "main"))
    again = made(of, two.commit, docker)
    assert (again.image, again.digest) == (two.image, two.digest)
    assert one.image != two.image
    assert one.digest != two.digest
    assert two.image.startswith(f"loadstone.invalid/thing:{two.commit[:12]}-")
    assert (two.source, two.executable, two.label) == ("build", "", two.commit[:12])
    assert calls(docker, "build") == 2


def test_another_dockerfile_makes_another_image_of_the_same_commit(
    repository: Path, docker: Path
) -> None:
    (repository / "Other").write_text("FROM other\n")
    commit(repository, "3")
    one = made(described(repository), "main", docker)
    two = made(described(repository, dockerfile="Other"), "main", docker)
    assert one.commit == two.commit
    assert one.image != two.image


DEFINITION = """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: NAME}
spec: {group: example.test}
"""


def test_an_image_of_a_commit_has_the_definitions_of_that_commit(
    repository: Path, docker: Path
) -> None:
    for name in "one", "two":
        (repository / "crd.yaml").write_text(DEFINITION.replace("NAME", name))
        commit(repository, name)
    of = described(repository, definitions=formats.Definitions(paths=["crd.yaml"]))

    def names(asked: str) -> list[str]:
        found = json.loads(Path(made(of, asked, docker).definitions).read_text())
        return [each["metadata"]["name"] for each in found]

    assert [names("build:HEAD~1"), names("main"), names("main")] == [["one"], ["two"], ["two"]]


def test_an_image_that_is_of_no_commit_is_refused_where_definitions_are_asked_for(
    repository: Path, docker: Path
) -> None:
    of = described(repository, definitions=formats.Definitions(paths=["crd.yaml"]))
    with pytest.raises(UsageError, match="an image does not say it") as refused:
        made(of, "image:a.test/thing:1", docker)
    assert "name a commit (build:main)" in refused.value.next_step
    assert "in the cluster beforehand" in refused.value.next_step


def test_a_version_is_still_one_of_a_registry(repository: Path, docker: Path) -> None:
    found = made(described(repository), "1.2.3", docker)
    assert (found.source, found.image) == ("image", "a.test/thing:v1.2.3")


def test_a_build_that_fails_says_so_in_dockers_words(repository: Path, docker: Path) -> None:
    with pytest.raises(BuildFailed, match="no Dockerfile") as caught:
        made(described(repository, dockerfile="none/Dockerfile"), "main", docker)
    assert "docker build --file none/Dockerfile ." in caught.value.next_step


def test_without_a_dockerfile_a_commit_is_no_image(repository: Path, docker: Path) -> None:
    with pytest.raises(UsageError, match="pods run images") as caught:
        made(component(repository), "main", docker)
    assert "revisions.build.dockerfile" in caught.value.next_step


def test_of_images_alone_no_program_is_built(repository: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="this provider runs programs") as caught:
        find(described(repository), "build:main", Side.HEAD, cache=tmp_path / "cache")
    assert "--place pods" in caught.value.next_step


@pytest.fixture
def archives(tmp_path: Path) -> list[Path]:
    """Two images that were saved by one name."""
    found = []
    for number in "12":
        config = f'{{"rootfs": {{}}, "number": {number}}}'.encode()
        listed = [{"Config": "c.json", "RepoTags": ["theirs:dev"], "Layers": []}]
        path = tmp_path / f"image-{number}.tar"
        members = ("c.json", config), ("manifest.json", json.dumps(listed).encode())
        found.append(tar(path, *members, mode="w"))
    return found


def test_two_archives_of_one_name_are_two_images(
    repository: Path, docker: Path, archives: list[Path]
) -> None:
    of = described(repository)
    one, two = (made(of, f"image:{each}", docker) for each in archives)
    assert one.image != two.image
    assert one.digest != two.digest
    assert (one.source, one.label) == ("archive", "image-1.tar")
    assert one.origin.startswith(f"{archives[0]} sha256:")
    made(of, f"image:{archives[0]}", docker)
    assert calls(docker, "image load") == 2


def test_an_archive_that_docker_does_not_load_is_an_error(
    repository: Path, docker: Path, archives: list[Path]
) -> None:
    (docker.parent / "refuses").write_text("broken")
    with pytest.raises(MeasurementFailed, match="cannot be loaded: no space"):
        made(described(repository), f"image:{archives[0]}", docker)
