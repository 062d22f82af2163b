"""The shortest end of a path by which a file is told from the others of a commit."""

from __future__ import annotations

from loadstone.component.revisions.path_tails import path_tails
from loadstone.component.revisions.repositories import opened
from tests.component.repositories import created, git


def test_a_tail_is_as_long_as_it_has_to_be_and_some_have_none(tmp_path):
    place = created(tmp_path / "repository", "one")
    for name in ("main.go", "a/main.go", "b/main.go", "a/x/main.go", "b/x/ä b.py"):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(name)
    git(place, "add", "--all")
    git(place, "commit", "--quiet", "-m", "more")
    repository = opened(str(place), tmp_path / "cache")
    found = path_tails(repository, "HEAD", ["main.go", "a/main.go", "a/x/main.go", "b/x/ä b.py"])
    assert found == {
        "a/main.go": "a/main.go",
        "a/x/main.go": "x/main.go",
        "b/x/ä b.py": "ä b.py",
    }


def test_nothing_changed_or_no_such_commit_has_no_tails(tmp_path):
    repository = opened(str(created(tmp_path / "repository", "one")), tmp_path / "cache")
    assert path_tails(repository, "HEAD", []) == {}
    assert path_tails(repository, "nowhere", ["README"]) == {}
