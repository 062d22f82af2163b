"""The commits between two revisions: all that Git knows, and nothing that it does not."""

import pytest

from loadstone.component.revisions.commits import MOST, between
from loadstone.component.revisions.repositories import opened
from loadstone.component.revisions.resolve import commits, find
from loadstone.model import Commits, Side
from tests.component.repositories import commit, component, created, git


@pytest.fixture
def place(tmp_path):
    return created(tmp_path / "repository", "one", "two", "three")


def told(place, base, head, tmp_path):
    described = component(place)
    sides = [
        find(described, name, side, cache=tmp_path / "cache")
        for name, side in ((base, Side.BASE), (head, Side.HEAD))
    ]
    return commits(described, *sides, cache=tmp_path / "cache")


@pytest.mark.parametrize("url", [False, True])
def test_the_newest_comes_first(tmp_path, place, url):
    commit(place, "four", subject="Größer\n\nA body.")
    found = told(f"file://{place}" if url else place, "main~3", "main", tmp_path)
    assert (found.ahead, found.behind) == (3, 0)
    assert [each.subject for each in found.listed] == ["Größer", "three", "two"]
    assert found.listed[0].hash == git(place, "rev-parse", "main")


def test_a_head_that_lacks_commits_of_the_base_says_so(tmp_path, place):
    git(place, "checkout", "--quiet", "-b", "side", "main~2")
    commit(place, "side")
    found = told(place, "main", "side", tmp_path)
    assert (found.ahead, found.behind) == (1, 2)
    assert [each.subject for each in found.listed] == ["side"]
    back = told(place, "main", "main~1", tmp_path)
    assert (back.ahead, back.behind, list(back.listed)) == (0, 1, [])


def test_of_many_the_newest_are_named_and_all_counted(tmp_path, place):
    for number in range(60):
        git(place, "commit", "--quiet", "--allow-empty", "-m", f"{number}")
    found = told(place, "main~60", "main", tmp_path)
    assert (found.ahead, len(found.listed)) == (60, MOST)
    assert found.listed[0].subject == "59"


def test_an_empty_or_endless_subject_is_kept_in_bounds(tmp_path, place):
    git(place, "commit", "--quiet", "--allow-empty", "-m", "x" * 5000)
    git(place, "commit", "--quiet", "--allow-empty", "--allow-empty-message", "-m", "")
    found = told(place, "main~3", "main", tmp_path)
    assert [each.subject for each in found.listed] == ["", "x" * 200, "three"]


def test_one_commit_against_itself_has_nothing_between(tmp_path, place):
    assert told(place, "main", "HEAD", tmp_path) == Commits(ahead=0, behind=0, listed=[])


def test_histories_that_have_nothing_in_common_are_not_told(tmp_path, place):
    git(place, "checkout", "--quiet", "--orphan", "other")
    commit(place, "other")
    assert told(place, "main", "other", tmp_path) is None


def test_a_history_that_is_cut_off_is_not_told(tmp_path, place):
    git(place, "checkout", "--quiet", "-b", "side", "main~1")
    commit(place, "side")
    shallow = tmp_path / "shallow"
    git(
        tmp_path,
        "clone",
        "--quiet",
        "--depth=1",
        "--no-single-branch",
        f"file://{place}",
        "shallow",
    )
    assert told(shallow, "origin/main", "origin/side", tmp_path) is None
    git(shallow, "fetch", "--quiet", "--unshallow")
    assert told(shallow, "origin/main", "origin/side", tmp_path).ahead == 1


def test_within_what_a_shallow_clone_has_commits_are_told(tmp_path, place):
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "--quiet", "--depth=2", f"file://{place}", str(shallow))
    found = told(shallow, "HEAD~1", "HEAD", tmp_path)
    assert (found.ahead, found.behind) == (1, 0)
    repository = opened(str(shallow), tmp_path / "cache")
    back = between(repository, "HEAD", "HEAD~1")
    assert back is not None
    assert (back.ahead, back.behind, list(back.listed)) == (0, 1, [])
