"""The tutorial on GitHub: its commands, and the comment that comes of a measuring under act."""

from pathlib import Path

import pytest

from tests.action.harness.hosted import hosted
from tests.action.harness.page import sections

pytestmark = [pytest.mark.action, pytest.mark.timeout(3600)]

PAGE = Path(__file__).parents[2] / "docs" / "tutorial" / "on-github.md"
BRANCH = "fresh-words"


@pytest.fixture(scope="module")
def github(docker, image, tmp_path_factory):
    with hosted(docker, image, tmp_path_factory.mktemp("tutorial") / "github") as made:
        yield made
    assert made.fake.violations == []


def follow(github, *numbers):
    steps = sections(PAGE)
    for number in numbers:
        for step in steps[number]:
            github.do(step)


def test_a_fresh_repository_gets_its_verdict_an_edit_of_it_and_its_commands(github):
    """One test, since each section of the page goes on from the one before."""
    follow(github, "1", "2", "3", "4")
    a_pull_request_gets_one_comment_with_a_verdict(github)
    follow(github, "5")
    a_push_edits_the_comment(github)
    a_maintainer_is_obeyed_and_a_stranger_is_not(github)


def a_pull_request_gets_one_comment_with_a_verdict(github):
    github.pushed(BRANCH)
    log = github.measured("opened").log
    github.delivered("requested")
    assert github.status == "pending"
    first = github.comment
    github.delivered()
    assert github.comment.id == first.id, log
    assert "Regression" in first.body
    assert "API requests" in first.body
    assert github.status == "failure"


def a_push_edits_the_comment(github):
    before = github.comment
    github.pushed(BRANCH)
    for _ in range(3):  # what others disturbed is measured again, as by a job that is run again
        github.measured("synchronize")
        github.delivered()
        if github.status != "error":
            break
    assert github.comment.id == before.id
    assert github.pull.head.sha[:7] in before.body
    assert "Regression" not in before.body
    assert github.status == "success"


def a_maintainer_is_obeyed_and_a_stranger_is_not(github):
    body = github.comment.body
    _, refused = github.commented("stranger", "/loadstone rerun rounds=2")
    assert [each.content for each in refused.reactions] == ["confused"]
    assert "You may not command this bot" in github.said[-1].body
    assert github.there.dispatches == []
    assert github.comment.body == body
    _, obeyed = github.commented("maintainer", "/loadstone rerun rounds=2")
    assert [each.content for each in obeyed.reactions] == ["eyes", "rocket"]
    (dispatch,) = github.there.dispatches
    assert dispatch["workflow"] == "loadstone.yml"
    assert dispatch["inputs"]["head"] == github.pull.head.sha
    assert " more=component@" in dispatch["inputs"]["command"]
