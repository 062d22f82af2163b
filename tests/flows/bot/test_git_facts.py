"""Facts of Git: where commits parted, what differs, tags; nothing is said that is not known."""

import pytest

from loadstone.errors import LoadstoneError
from loadstone.flows.bot import git_facts
from loadstone.flows.bot.base_files import checked_out
from tests.component.repositories import created, git


@pytest.fixture
def place(tmp_path):
    return created(tmp_path / "r", "1", "2")


def head(place):
    return git(place, "rev-parse", "HEAD")


def test_commits_part_where_git_says(place):
    base = head(place)
    git(place, "commit", "--quiet", "--allow-empty", "-m", "more")
    assert git_facts.merge_base(place, base, head(place)) == base
    assert git_facts.behind(place, base, head(place)) == 1
    assert git_facts.merge_base(place, base, "e" * 40) == ""
    assert git_facts.merge_base(place, "--help", base) == ""


def test_changed_files_have_odd_names_too_and_are_not_known_without_a_commit(place):
    base = head(place)
    (place / "ä b\n.txt").write_text("x")
    git(place, "add", ".")
    git(place, "commit", "--quiet", "-m", "odd")
    assert git_facts.changed_files(place, base, head(place)) == ("ä b\n.txt",)
    assert git_facts.changed_files(place, base, "e" * 40) is None


def test_releases_are_tags_that_lead_to_the_head_newest_first(place):
    git(place, "tag", "v1", "HEAD^")
    git(place, "tag", "v2")
    assert git_facts.releases(place, "v1") == ("v1",)
    assert set(git_facts.releases(place, "v2")) == {"v1", "v2"}
    assert git_facts.commit_of(place, "v2") == head(place)
    assert git_facts.commit_of(place, "none") == ""


def test_files_of_a_revision_are_there_and_gone_again(place, tmp_path):
    with checked_out(place, git(place, "rev-parse", "HEAD^"), tmp_path) as files:
        assert (files / "version").read_text() == "1"
    assert not files.exists()
    assert git(place, "worktree", "list").count("\n") == 0
    with (
        pytest.raises(LoadstoneError, match="cannot be had"),
        checked_out(place, "e" * 40, tmp_path),
    ):
        pass
