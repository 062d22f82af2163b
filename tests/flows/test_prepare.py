"""What stages say as data is in words where a user meets it."""

import pytest

from loadstone.component.revisions.commit_build import BuildFailed
from loadstone.errors import MeasurementFailed
from loadstone.flows.prepare import say, worded_builds
from loadstone.model import Note


def test_a_build_that_failed_says_what_its_files_were_without():
    lacking = [Note.of("no-submodules", said="vendored"), Note.of("no-lfs", files="a", said="none")]

    with pytest.raises(MeasurementFailed) as caught, worded_builds():
        raise BuildFailed("building x failed: exit 1", next_step="look", lacking=lacking)

    assert caught.value.message.splitlines() == [
        "building x failed: exit 1",
        "its submodules are not checked out: vendored",
        "large files are pointers only (a): none",
    ]
    assert caught.value.next_step == "look"


def test_notes_become_lines_of_progress():
    lines: list[str] = []
    say([Note.of("ambiguous-revision", name="main"), Note.of("few-cores")], lines.append)

    assert lines == [
        "note: main is a file here, which was taken, and the name of commits: build:main",
        "note: one core for load, component and upstream; `taskset -pc $$` shows what is allowed",
    ]
