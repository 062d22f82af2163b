"""Programs of Go modules, built by the real Go from a module proxy in a folder."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest
from msgspec.structs import replace

from loadstone import formats
from loadstone.component import cache as caches
from loadstone.component.revisions.resolve import find, make, resolve
from loadstone.errors import MeasurementFailed, MissingTool, UsageError
from loadstone.model import Side

pytestmark = [
    pytest.mark.slow,  # the first build compiles Go's own runtime
    pytest.mark.timeout(600),
    pytest.mark.skipif(not shutil.which("go"), reason="there is no Go here"),
]

MAIN = """package main

import "example.test/part"

var stamp = "unstamped"

func main() { println(part.Name() + " " + stamp) }
"""
DEFINITION = """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: things.example.test, annotations: {{version: "{}"}}}}
"""
PART = 'package part\n\nfunc Name() string { return "%s" }\n'
THING_MOD = """module example.test/thing

go 1.21

require example.test/part v0.0.0

replace example.test/part => ./staging/part
"""


def published(proxy: Path, module: str, version: str, files: dict[str, str]) -> None:
    """Publish a version of a module in the manner of a module proxy."""
    place = proxy / module / "@v"
    place.mkdir(parents=True, exist_ok=True)
    with (place / "list").open("a") as listed:
        listed.write(f"{version}\n")
    info = {"Version": version, "Time": "2026-01-01T00:00:00Z"}
    (place / f"{version}.info").write_text(json.dumps(info))
    (place / f"{version}.mod").write_text(files["go.mod"])
    with zipfile.ZipFile(place / f"{version}.zip", "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{module}@{version}/{name}", text)


@pytest.fixture
def proxy(tmp_path_factory, monkeypatch):
    """A module proxy with two versions of a program, whose part is a folder of its repository."""
    proxy, modules = (tmp_path_factory.mktemp(name) for name in ("proxy", "modules"))
    for number in (1, 2):
        files = {"go.mod": THING_MOD, "cmd/thing/main.go": MAIN}
        files["config/crd/thing.yaml"] = DEFINITION.format(number)
        published(proxy, "example.test/thing", f"v1.{number}.0", files)
        files = {"go.mod": "module example.test/part\n\ngo 1.21\n", "part.go": PART % number}
        published(proxy, "example.test/part", f"v0.{number}.0", files)
    monkeypatch.setenv("GOPROXY", f"file://{proxy}")
    monkeypatch.setenv("GONOSUMDB", "example.test")
    monkeypatch.setenv("GOMODCACHE", str(modules))
    monkeypatch.setenv("GOFLAGS", "-modcacherw -mod=vendor")  # the user's own change nothing
    yield proxy
    for folder in [modules, *modules.rglob("*")]:
        if folder.is_dir():
            folder.chmod(0o755)  # Go leaves them so that nothing can be removed


def thing(**fields):
    defaults = {
        "module": "example.test/thing",
        "package": "cmd/thing",
        "replaces": {"example.test/*": "v0.${minor}.${patch}"},
        "ldflags": "-X main.stamp=${revision}",
    }
    return formats.Component(
        component="thing",
        about="",
        role="x",
        revisions=formats.Revisions(go=formats.GoSource(**{**defaults, **fields})),
        ports=["http"],
        command=["${executable}"],
        traffic="${http}",
        ready=formats.Ready(url="http://${http}/"),
        version=["${executable}"],
    )


def test_a_version_is_built_once_with_its_parts_and_flags(proxy, tmp_path):
    said: list[str] = []

    def asked(name):
        cache = tmp_path / "cache"
        return resolve(thing(), name, Side.HEAD, cache=cache, progress=said.append)

    old, new, again = asked("1.1.0"), asked("go:v1.2.0"), asked("latest")
    assert (old.version, new.version) == ("1 1.1.0", "2 1.2.0")
    assert (new.label, new.source, new.origin) == ("1.2.0", "go", "example.test/thing@v1.2.0")
    assert again.executable == new.executable
    assert again.label == "1.2.0"
    assert [each.rpartition(" with ")[0] for each in said] == [
        "building example.test/thing/cmd/thing v1.1.0",
        "building example.test/thing/cmd/thing v1.2.0",
    ]
    kept = caches.entries(tmp_path / "cache")
    assert {each.kind for each in kept} == {"go"}
    assert all("example.test/thing/cmd/thing" in each.name for each in kept)


def test_other_flags_make_another_program_and_the_same_ones_the_same_bytes(proxy, tmp_path):
    def built(cache, **fields):
        return resolve(thing(**fields), "1.1.0", Side.HEAD, cache=tmp_path / cache)

    assert built("a").digest == built("b").digest
    other = built("a", ldflags="-X main.stamp=other")
    assert other.version == "1 other"
    assert other.executable != built("a").executable


def test_a_version_brings_its_definitions_wherever_its_program_lies(proxy, tmp_path):
    described = thing(definitions=formats.Definitions(paths=["config/crd"], labels={"a": "b"}))

    def brought(name):
        made = resolve(described, name, Side.HEAD, cache=tmp_path / "cache")
        (one,) = json.loads(Path(made.definitions).read_text())
        return made, one["metadata"]

    made, of_version = brought("1.1.0")
    assert of_version["annotations"] == {"version": "1"}
    assert of_version["labels"] == {"a": "b"}
    elsewhere = shutil.copy(made.executable, tmp_path / "elsewhere")
    again, of_file = brought(f"path:{elsewhere}")
    assert (of_file, again.definitions) == (of_version, made.definitions)
    assert brought("1.2.0")[1]["annotations"] == {"version": "2"}
    assert "definitions" in {each.kind for each in caches.entries(tmp_path / "cache")}


def test_the_image_of_a_version_has_the_definitions_of_that_version(proxy, tmp_path):
    described = thing(definitions=formats.Definitions(paths=["config/crd"]))
    image = formats.ImageSource(reference="a.test/thing:v${revision}")
    both = replace(described, revisions=replace(described.revisions, image=image))
    pods = replace(described, revisions=formats.Revisions(image=image))

    def brought(name):
        found = find(pods, name, Side.HEAD, cache=tmp_path / "cache", image_ok=True)
        made = make(both, found, cache=tmp_path / "cache")
        assert (made.image, made.executable) == (found.image, "")
        (one,) = json.loads(Path(made.definitions).read_text())
        return one["metadata"]["annotations"]

    assert brought("1.1.0") == {"version": "1"}
    assert brought("1.2.0") == {"version": "2"}
    with pytest.raises(UsageError, match=r"image:a\.test/thing:v1\.1\.0 is not known") as refused:
        brought("image:a.test/thing:v1.1.0")
    assert "a version of `revisions.image`" in refused.value.next_step


def test_a_program_that_is_of_no_version_brings_none(proxy, tmp_path):
    described = thing(definitions=formats.Definitions(paths=["config/crd"]))
    program = tmp_path / "thing"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    with pytest.raises(UsageError, match=r"of which version of example\.test/thing it was built"):
        resolve(described, f"path:{program}", Side.HEAD, cache=tmp_path / "cache")


def test_a_folder_of_the_repository_without_a_version_is_said_before_anything_is_built(
    proxy, tmp_path
):
    with pytest.raises(UsageError, match=r"example\.test/part: folders of the repository") as error:
        find(thing(replaces={}), "1.1.0", Side.HEAD, cache=tmp_path)
    assert "revisions.go.replaces" in error.value.next_step


def test_a_version_that_is_not_there_names_those_that_are(proxy, tmp_path):
    with pytest.raises(UsageError, match=r"there is no example\.test/thing v1\.3\.0") as caught:
        find(thing(), "1.3.0", Side.HEAD, cache=tmp_path)
    assert caught.value.next_step == "near it are: v1.1.0, v1.2.0"


def test_a_module_that_is_not_there_is_a_failure(proxy, tmp_path):
    with pytest.raises(MeasurementFailed, match=r"Go does not get example\.test/none"):
        find(thing(module="example.test/none"), "1.0.0", Side.HEAD, cache=tmp_path)


def test_what_is_no_program_is_an_error(proxy, tmp_path):
    described = thing(module="example.test/part", package="", replaces={}, ldflags="")
    with pytest.raises(MeasurementFailed, match=r"building failed|made no program"):
        resolve(described, "0.1.0", Side.HEAD, cache=tmp_path / "cache")
    assert caches.entries(tmp_path / "cache") == []


def test_without_go_it_is_said_what_is_missing(tmp_path):
    with pytest.raises(MissingTool, match="`go` is configured as") as caught:
        find(thing(), "1.1.0", Side.HEAD, cache=tmp_path, tools={"go": tmp_path / "go"})
    assert caught.value.next_step
