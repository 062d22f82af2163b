"""Fresh directories: gone on leaving, found when left."""

import pytest

from loadstone.system import temporary


def test_a_directory_is_gone_on_leaving_whatever_happened(tmp_path):
    def fail():
        with temporary.directory(tmp_path) as path:
            (path / "file").write_text("x")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_a_directory_of_a_killed_run_is_removed(tmp_path):
    left = tmp_path / "loadstone-left"
    left.mkdir()
    (left / ".loadstone-owner").write_text("1:0.00")
    with temporary.directory(tmp_path) as kept:
        assert temporary.sweep(tmp_path) == [left]
        assert kept.exists()
    assert not left.exists()


def test_a_directory_that_is_not_ours_is_left_alone(tmp_path):
    (tmp_path / "loadstone-notes").mkdir()
    assert temporary.sweep(tmp_path) == []
    assert (tmp_path / "loadstone-notes").exists()
