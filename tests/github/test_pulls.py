from __future__ import annotations

import pytest

from loadstone.errors import GithubFailed, UsageError
from loadstone.github.pulls import (
    changed_files,
    compared_files,
    first_parents,
    locate,
    merge_base,
    read_pull,
)
from tests.fakes.github.faults import Kind
from tests.fakes.github.state import Comparison
from tests.github.conftest import BASE, HEAD, NAME

FORK = "stranger/widget"


def located(client, *, sha=HEAD, repository=NAME, branch="change"):
    return locate(client, sha=sha, repository=repository, branch=branch)


def numbers(pulls):
    return [pull.number for pull in pulls]


def test_the_pull_request_of_a_commit_is_found(client):
    found = located(client)
    assert numbers(found.pulls) == [1]
    assert not found.moved


def test_the_pull_request_of_a_fork_is_found_by_its_branch_and_commit(world, client):
    world.fake.state.pull(NAME, 2, head_sha="c" * 40, head_repository=FORK)
    pull = located(client, sha="c" * 40, repository=FORK).pull()
    assert pull is not None
    assert (pull.number, pull.head_repository, pull.fork) == (2, FORK, True)


def test_the_number_in_an_artifact_is_only_a_hint(world, client):
    world.fake.state.pull(NAME, 2, head_sha="c" * 40, head_repository=FORK)
    found = located(client, sha="c" * 40, repository=FORK)
    assert found.pull(hint=1) == found.pull(hint=2) == found.pull()


def test_a_hint_chooses_among_pull_requests_of_one_commit(world, client):
    world.fake.state.pull(NAME, 2, head_sha=HEAD)
    found = located(client)
    assert numbers(found.pulls) == [1, 2]
    assert found.pull(hint=2) is found.pulls[1]


def test_a_head_that_moved_is_said(client):
    found = located(client, sha="d" * 40)
    assert found.pull() is None
    assert [pull.head_sha for pull in found.moved] == [HEAD]


def test_another_fork_of_the_same_owner_is_another(world, client):
    world.fake.state.pull(NAME, 2, head_sha="c" * 40, head_repository="stranger/widget-2")
    found = located(client, sha="c" * 40, repository=FORK)
    assert not found.pulls
    assert not found.moved


def test_a_closed_pull_request_is_not_found(world, client):
    world.repository.pulls[1].state = "closed"
    assert located(client).pull() is None


def test_a_pull_request_is_read_with_what_decides(world, client):
    pull = world.repository.pulls[1]
    pull.draft, pull.labels = True, ["perf", "needs review"]
    read = read_pull(client, 1)
    assert (read.draft, read.open, read.labels) == (True, True, ("perf", "needs review"))
    assert (read.head_sha, read.base_sha, read.base_ref) == (HEAD, BASE, "main")
    assert read.author == "author"


def test_a_fork_that_is_gone_is_nobodys(world, client):
    world.repository.pulls[1].head.repository = None
    read = read_pull(client, 1)
    assert (read.head_repository, read.fork) == ("", True)


def test_a_pull_request_that_is_not_there_is_said_so(client):
    with pytest.raises(GithubFailed, match="#99: GitHub answered 404"):
        read_pull(client, 99)


def test_a_head_is_read_anew_each_time(world, client):
    assert read_pull(client, 1).head_sha == HEAD
    world.fault(
        verb="GET",
        kind=Kind.RACE,
        race=lambda: setattr(world.repository.pulls[1].head, "sha", "e" * 40),
    )
    assert read_pull(client, 1).head_sha == "e" * 40


def test_files_are_read_with_the_old_names_of_those_that_moved(world, client):
    world.repository.pulls[1].files = ["a.go", "old.go → docs/new.md"]
    found = changed_files(client, 1)
    assert found.names == ("a.go", "docs/new.md", "old.go")
    assert found.complete


def test_files_are_read_page_by_page_and_no_further_than_asked(world, client):
    world.repository.pulls[1].files = [f"{n}.go" for n in range(350)]
    assert len(changed_files(client, 1).names) == 350
    world.fake.exchanges.clear()
    found = changed_files(client, 1, most=150)
    assert not found.complete
    assert len(world.asked) == 2


def test_more_files_than_github_lists_are_not_all(world, client):
    world.repository.pulls[1].files = [f"{n}.go" for n in range(3100)]
    found = changed_files(client, 1)
    assert (len(found.names), found.complete) == (3000, False)


def test_where_a_head_left_its_base_is_asked_of_github(world, client):
    world.repository.comparisons[BASE, HEAD] = Comparison(merge_base="c" * 40, ahead=3, behind=2)
    found = merge_base(client, base=BASE, head=HEAD)
    assert (found.sha, found.ahead, found.behind) == ("c" * 40, 3, 2)


def told(world, *between, **fields):
    """Commits between the ends, the oldest first, each upon the one before it."""
    pairs = zip(between, [BASE, *between[:-1]], strict=True)
    commits = [(sha, parent, f"of {sha[0]}\n\nmore") for sha, parent in pairs]
    made = Comparison(**{"merge_base": BASE, "ahead": len(commits), "commits": commits, **fields})
    world.repository.comparisons[BASE, HEAD] = made


def test_the_commits_of_a_range_are_along_first_parents(world, client):
    told(world, "c" * 40, "d" * 40, HEAD)
    merged = ("e" * 40, "c" * 40, "of a branch that was merged")
    world.repository.comparisons[BASE, HEAD].commits.insert(1, merged)
    found = first_parents(client, base=BASE, head=HEAD)
    assert [(each.hash[0], each.subject) for each in found] == [
        ("c", "of c"),
        ("d", "of d"),
        ("a", "of a"),
    ]


def test_commits_that_lead_elsewhere_are_no_range(world, client):
    told(world, "c" * 40, HEAD, merge_base="f" * 40, behind=1)
    with pytest.raises(UsageError, match="bbbbbbbbbbbb is no ancestor of aaaaaaaaaaaa") as caught:
        first_parents(client, base=BASE, head=HEAD)
    assert caught.value.next_step == "take the commit where they part: ffffffffffff"


def test_the_files_between_two_commits_are_known_up_to_what_github_lists(world, client):
    for number, complete in (3, True), (299, True), (300, False):
        told(world, HEAD, files=[*(f"{n}.go" for n in range(number - 1)), "old.go → new.go"])
        found = compared_files(client, base=BASE, head=HEAD)
        assert (found.complete, found.names[-2:]) == (complete, ("new.go", "old.go"))


def test_more_commits_than_are_asked_for_are_no_range(world, client):
    told(world, "c" * 40, HEAD, ahead=1001)
    with pytest.raises(UsageError, match="1001 commits lie between"):
        first_parents(client, base=BASE, head=HEAD)


def test_commits_that_have_nothing_in_common_are_said_so(client):
    with pytest.raises(GithubFailed, match="the merge base of bbbbbbbbbbbb and aaaaaaaaaaaa"):
        merge_base(client, base=BASE, head=HEAD)
