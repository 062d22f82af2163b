"""Ancestors from real repositories, whole and shallow."""

from __future__ import annotations

from itertools import islice

import pytest

from loadstone.errors import LoadstoneError, UsageError
from loadstone.store.ancestors import ancestors, is_shallow, merge_base
from tests.component.repositories import commit, created, git


@pytest.fixture
def repository(tmp_path):
    """main: 1, 2, 3; topic, from 2: 4, 5."""
    place = created(tmp_path / "repository", "1", "2")
    git(place, "checkout", "--quiet", "-b", "topic")
    commit(place, "4")
    commit(place, "5")
    git(place, "checkout", "--quiet", "main")
    commit(place, "3")
    return place


def name(repository, revision):
    return git(repository, "rev-parse", revision)


def subjects(repository, commits):
    return [git(repository, "show", "-s", "--format=%s", each) for each in commits]


def shallow(repository, tmp_path, depth):
    place = tmp_path / "shallow"
    git(tmp_path, "clone", "--quiet", f"--depth={depth}", "--no-single-branch",
        f"file://{repository}", str(place))  # fmt: skip
    git(place, "branch", "topic", "origin/topic")
    return place


def test_a_commit_is_its_own_first_ancestor(repository):
    found = list(ancestors(repository, name(repository, "topic")))
    assert subjects(repository, found) == ["5", "4", "2", "1"]


@pytest.mark.parametrize("batch", [1, 2, 3, 4, 5])
def test_batches_neither_lose_nor_repeat_a_commit(repository, batch):
    found = list(ancestors(repository, name(repository, "topic"), batch=batch))
    assert subjects(repository, found) == ["5", "4", "2", "1"]


def test_there_is_an_end(repository):
    found = list(ancestors(repository, name(repository, "topic"), most=3, batch=2))
    assert subjects(repository, found) == ["5", "4", "2"]


def test_only_as_many_are_asked_for_as_are_taken(repository):
    few = islice(ancestors(repository, name(repository, "topic"), batch=1), 2)
    assert subjects(repository, few) == ["5", "4"]


def test_the_merge_base_is_where_two_branches_parted(repository):
    found = merge_base(repository, name(repository, "main"), name(repository, "topic"))
    assert subjects(repository, [found]) == ["2"]


def test_a_shallow_history_gives_what_it_has_and_says_what_is_missing(repository, tmp_path):
    place = shallow(repository, tmp_path, 1)
    assert is_shallow(place)
    assert not is_shallow(repository)
    assert subjects(place, ancestors(place, name(place, "topic"))) == ["5"]
    with pytest.raises(LoadstoneError, match="in the part of the history that is here") as caught:
        merge_base(place, name(place, "main"), name(place, "topic"))
    assert "fetch-depth: 0" in caught.value.next_step
    with pytest.raises(LoadstoneError, match="is not in the repository here") as caught:
        list(ancestors(place, name(repository, "main~1")))
    assert "fetch-depth: 0" in caught.value.next_step


def test_commits_of_no_common_history_are_told(repository):
    git(repository, "checkout", "--quiet", "--orphan", "other")
    commit(repository, "6")
    with pytest.raises(LoadstoneError, match="have no commit in common"):
        merge_base(repository, name(repository, "main"), name(repository, "other"))


def test_a_commit_that_is_not_there_is_told(repository):
    with pytest.raises(LoadstoneError, match="is not in the repository here") as caught:
        list(ancestors(repository, "0" * 40))
    assert "git fetch" in caught.value.next_step


@pytest.mark.parametrize(
    "evil", ["", "main", "--output=x", "HEAD", "0" * 39, "-" * 40, "0" * 40 + "\n"]
)
def test_what_is_no_whole_name_of_a_commit_never_reaches_git(repository, evil):
    with pytest.raises(UsageError, match="not the whole name of a commit"):
        list(ancestors(repository, evil))
    with pytest.raises(UsageError, match="not the whole name of a commit"):
        merge_base(repository, name(repository, "main"), evil)
