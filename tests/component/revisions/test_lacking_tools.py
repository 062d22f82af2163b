"""What a machine lacks for a revision is told from its name, without looking anything up."""

import sys

import msgspec
import pytest

from loadstone import formats
from loadstone.component.revisions.lacking_tools import missing

TOOLS = ("git", "go", "docker")


@pytest.fixture
def described():
    return formats.Component(
        component="thing",
        about="",
        role="x",
        revisions=formats.Revisions(
            build=formats.BuildSource(repository="/none", command=["sh"], executable="x"),
            go=formats.GoSource(module="example.test/thing"),
            download=formats.DownloadSource(
                url="https://a.test/${revision}", checksums="https://a.test"
            ),
            image=formats.ImageSource(reference="a.test/${revision}", executable="/x"),
        ),
        ports=["http"],
        command=["${executable}"],
        traffic="${http}",
        ready=formats.Ready(url="http://${http}/"),
    )


@pytest.mark.parametrize(
    ("asked", "lacks"),
    [
        ("go:1.2.3", ["go"]),
        ("build:main", ["git"]),
        ("pr:7", ["git"]),
        ("image:a.test/x:1", ["docker"]),
        ("1.2.3", []),  # a download
        ("main", ["git"]),
        ("20260101", []),  # a version or a commit: Git has to say
        (f"path:{sys.executable}", []),
    ],
)
def test_each_source_needs_its_tool(tmp_path, described, asked, lacks):
    nowhere = {name: tmp_path / name for name in TOOLS}
    found = [str(each) for each in missing(described, asked, nowhere)]
    assert len(found) == len(lacks)
    assert all(
        f"`{tool}` is configured as" in said for tool, said in zip(lacks, found, strict=True)
    )


def test_an_archive_needs_no_daemon(tmp_path, described):
    (tmp_path / "image.tar").touch()
    nowhere = {name: tmp_path / name for name in TOOLS}
    assert list(missing(described, f"image:{tmp_path}/image.tar", nowhere)) == []


def test_a_commit_needs_its_builder(described):
    build = formats.BuildSource(repository="/none", command=["no-such-builder"], executable="x")
    revisions = msgspec.structs.replace(described.revisions, build=build)
    component = msgspec.structs.replace(described, revisions=revisions)
    (lacking,) = missing(component, "build:main", {})
    assert "`no-such-builder`" in lacking.message
