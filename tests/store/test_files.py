from __future__ import annotations

import errno
from pathlib import Path

import pytest

from loadstone.store import files


def no_links(draft: Path, path: Path) -> None:
    raise OSError(errno.EPERM, "this file system has no hard links")


def test_a_file_system_without_hard_links_keeps_what_is_there_too(tmp_path):
    path = tmp_path / "record.json"
    files.create(path, b"first", link=no_links)
    with pytest.raises(FileExistsError):
        files.create(path, b"second", link=no_links)
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path], "no draft stays behind"


def test_a_name_that_is_taken_is_never_written_over(tmp_path):
    path = tmp_path / "record.json"
    files.create(path, b"first")
    with pytest.raises(FileExistsError):
        files.create(path, b"second")
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]


def test_others_may_read_what_was_written(tmp_path):
    files.replace(tmp_path / "record.json", b"x")
    assert (tmp_path / "record.json").stat().st_mode & 0o777 == 0o644
