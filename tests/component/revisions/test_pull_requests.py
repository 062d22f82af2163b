"""Pull requests are revisions, also of a clone that has none of them."""

import pytest

from loadstone.component.revisions.missing import NoRevision
from loadstone.component.revisions.resolve import commits, find, resolve
from loadstone.errors import UsageError
from loadstone.model import Side
from tests.component.repositories import commit, component, created, git

pytestmark = pytest.mark.slow  # builds


@pytest.fixture
def upstream(tmp_path):
    """A repository with pull request 7, on a branch that is gone since."""
    place = created(tmp_path / "upstream", "one", "two")
    git(place, "checkout", "--quiet", "-b", "feature", "main~1")
    head = commit(place, "seven")
    git(place, "update-ref", "refs/pull/7/head", head)
    git(place, "checkout", "--quiet", "main")
    git(place, "merge", "--quiet", "--no-ff", "-Xtheirs", "-m", "merged seven", "feature")
    git(place, "update-ref", "refs/pull/7/merge", "HEAD")
    git(place, "reset", "--quiet", "--hard", "HEAD~1")
    git(place, "branch", "-D", "feature")
    return place


@pytest.fixture
def clone(tmp_path, upstream):
    place = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", f"file://{upstream}", str(place))
    return place


@pytest.mark.parametrize("name", ["pr:7", "pr:#7", "refs/pull/7/merge", "build:pull/7/merge"])
def test_a_pull_request_is_measured_as_it_would_be_merged(tmp_path, clone, upstream, name):
    for repository in (clone, f"file://{upstream}", upstream):
        found = find(component(repository), name, Side.HEAD, cache=tmp_path / "cache")
        assert (found.subject, found.ref) == ("merged seven", "refs/pull/7/merge")
        assert found.source == "build"


def test_it_is_built_although_the_clone_lacks_it_and_the_clone_stays_as_it_was(
    tmp_path, clone, upstream
):
    before = git(clone, "for-each-ref"), git(clone, "count-objects", "-v")
    cache, described = tmp_path / "cache", component(clone)
    base = resolve(described, "main", Side.BASE, cache=cache)
    head = resolve(described, "refs/pull/7/head", Side.HEAD, cache=cache)
    assert (base.version, head.version) == ("two clean", "seven clean")
    between = commits(described, base, head, cache=cache)
    assert between is not None
    assert (between.ahead, between.behind) == (1, 1)
    again = resolve(described, f"build:{head.commit}", Side.HEAD, cache=cache)
    assert again.executable == head.executable
    assert before == (git(clone, "for-each-ref"), git(clone, "count-objects", "-v"))


def test_what_a_clone_has_of_an_older_push_does_not_stand_in(tmp_path, clone, upstream):
    git(clone, "update-ref", "refs/pull/7/merge", "HEAD~1")
    fresh = find(component(clone), "pr:7", Side.HEAD, cache=tmp_path / "cache")
    assert fresh.subject == "merged seven"
    named = find(component(clone), "refs/pull/7/merge", Side.HEAD, cache=tmp_path / "cache")
    assert named.subject == "one"  # as Git itself takes that name


def test_one_that_conflicts_names_its_own_commit_instead(tmp_path, clone, upstream):
    git(upstream, "update-ref", "-d", "refs/pull/7/merge")
    with pytest.raises(NoRevision, match="no merge of pull request 7") as caught:
        find(component(clone), "pr:7", Side.HEAD, cache=tmp_path / "cache")
    assert "build:refs/pull/7/head" in caught.value.next_step


def test_one_that_is_not_there_is_an_error(tmp_path, clone):
    with pytest.raises(NoRevision, match="refs/pull/8/merge"):
        find(component(clone), "pr:8", Side.HEAD, cache=tmp_path / "cache")


@pytest.mark.parametrize("name", ["main", "-1", "7/head", "7 8"])
def test_what_is_no_number_is_no_pull_request(tmp_path, clone, name):
    with pytest.raises(UsageError, match="no number of a pull request"):
        find(component(clone), f"pr:{name}", Side.HEAD, cache=tmp_path / "cache")
