"""A program is copied out of honest archives, and nothing is out of others."""

import pytest

from loadstone.component.revisions.archive_member import ArchiveRefused, copy_out
from tests.component.revisions.archives import SCRIPT, tar, zipped


@pytest.mark.parametrize("mode", ["w:gz", "w:xz", "w:bz2", "w"])
@pytest.mark.parametrize("prefix", ["", "./", "thing-1.0/"])
def test_a_member_of_a_tar_becomes_a_program(tmp_path, mode, prefix):
    members = ((f"{prefix}README", b"x"), (f"{prefix}thing", SCRIPT))
    archive = tar(tmp_path / "a", *members, mode=mode)
    copy_out(archive, f"{prefix}thing", tmp_path / "thing")
    assert (tmp_path / "thing").read_bytes() == SCRIPT
    assert (tmp_path / "thing").stat().st_mode & 0o111


def test_a_member_of_a_zip_becomes_a_program(tmp_path):
    archive = zipped(tmp_path / "a", ("LICENSE", b"x"), ("bin/thing", SCRIPT))
    copy_out(archive, "bin/thing", tmp_path / "thing")
    assert (tmp_path / "thing").read_bytes() == SCRIPT


@pytest.mark.parametrize("pack", [tar, zipped])
def test_a_program_that_is_not_there_is_an_error_with_those_that_are(tmp_path, pack):
    archive = pack(tmp_path / "a", ("other", SCRIPT))
    with pytest.raises(ArchiveRefused, match=r"no thing in it; its programs: other"):
        copy_out(archive, "thing", tmp_path / "thing")


HOSTILE = {
    "a name that leads out": (("../../evil", b"x"), ("thing", SCRIPT)),
    "an absolute name": (("/etc/evil", b"x"), ("thing", SCRIPT)),
    "a link in its place": (("thing", "->/bin/sh"),),
    "a hard link in its place": (("other", SCRIPT), ("thing", "=>other")),
    "a folder in its place": (("thing", ""),),
    "two of that name": (("thing", SCRIPT), ("thing", b"#!/bin/sh\nevil\n")),
}


@pytest.mark.parametrize("members", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_tar_is_refused(tmp_path, members):
    with pytest.raises(ArchiveRefused):
        copy_out(tar(tmp_path / "a", *members), "thing", tmp_path / "thing")


def test_a_hostile_zip_is_refused(tmp_path):
    outside = zipped(tmp_path / "a", ("..\\evil", b"x"), ("thing", SCRIPT))
    link = zipped(tmp_path / "b", ("thing", b"/bin/sh"), kind=0o120777)
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = zipped(tmp_path / "c", ("thing", SCRIPT), ("thing", b"evil"))
    for archive in (outside, link, twice):
        with pytest.raises(ArchiveRefused):
            copy_out(archive, "thing", tmp_path / "thing")


@pytest.mark.parametrize("pack", [tar, zipped])
def test_what_unpacks_to_more_than_a_program_is_refused(tmp_path, pack):
    archive = pack(tmp_path / "a", ("thing", bytes(1_000_000)))
    assert archive.stat().st_size < 10_000
    with pytest.raises(ArchiveRefused, match=r"more than|larger than"):
        copy_out(archive, "thing", tmp_path / "thing", largest=100_000)


@pytest.mark.parametrize(
    "content", [b"", b"not an archive", b"\x1f\x8bbroken", b"PK\x03\x04broken"]
)
def test_what_is_no_archive_is_refused(tmp_path, content):
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(ArchiveRefused):
        copy_out(tmp_path / "a", "thing", tmp_path / "thing")


def test_a_tar_that_is_cut_off_is_refused(tmp_path):
    archive = tar(tmp_path / "a", ("thing", bytes(range(256)) * 4000), mode="w")
    archive.write_bytes(archive.read_bytes()[:5000])
    with pytest.raises(ArchiveRefused):
        copy_out(archive, "thing", tmp_path / "thing")
