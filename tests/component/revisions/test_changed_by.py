"""Commits that made the changes between two revisions."""

from __future__ import annotations

import pytest

from loadstone.component.revisions.changed_by import changed_by
from loadstone.component.revisions.changed_lines import changed_lines
from loadstone.component.revisions.repositories import Repository, opened
from tests.component.repositories import created, git


@pytest.fixture
def repository(tmp_path) -> Repository:
    """Three commits after the first: one changes line 2, one line 8, one takes line 14 away."""
    place = created(tmp_path / "repository", "one")
    lines = [f"line {n}" for n in range(1, 21)]
    for number, (at, new) in enumerate([(0, ["one"]), (1, ["two"]), (7, ["eight"]), (13, [])]):
        lines[at : at + 1] = new
        (place / "a b.go").write_text("\n".join(lines) + "\n")
        git(place, "add", ".")
        git(place, "commit", "--quiet", "-m", f"change {number}")
    return opened(str(place), tmp_path / "cache")


def test_each_change_is_of_the_newest_commit_whose_lines_are_in_it(repository):
    changed = changed_lines(repository, "main~3", "main")
    assert changed == {"a b.go": [[2, 2], [8, 8], [13, 13]]}
    second, first = repository.git("rev-list", "main~3..main~1").split()
    assert changed_by(repository, "main~3", "main", changed) == {
        "a b.go": [first[:12], second[:12], ""]
    }


def test_all_changes_of_one_commit_are_its(repository):
    changed = changed_lines(repository, "main~1", "main")
    (only,) = repository.git("rev-list", "main~1..main").split()
    assert changed_by(repository, "main~1", "main", changed) == {"a b.go": [only[:12]]}


def test_of_what_git_does_not_know_nothing_is_said(repository):
    assert changed_by(repository, "main~3", "main", {"gone.go": [[1, 1]]}) == {}
    assert changed_by(repository, "no-such", "main", {"a b.go": [[1, 1]]}) == {}
    assert changed_by(repository, "main", "main", {}) == {}
