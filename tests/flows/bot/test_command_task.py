"""Commands on a pull request that was measured and delivered: explain, accept, and what expires."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from loadstone.bot.stored_documents import ACCEPTED, accepted_changes, accepted_document
from tests.flows.bot.commanding import Delivered
from tests.flows.bot.world import NUMBER, Project
from tests.github import conftest

world = conftest.world  # the fixture

# An API server, builds and the pictures of a report for the session.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project with a pull request that makes its program slow, measured once."""
    made = Project(root=tmp_path_factory.mktemp("slow")).create()
    made.change({"flags-planted": "slow\n"}).measure()
    return made


@pytest.fixture
def delivered(world, project):
    shutil.rmtree(project.root / "baselines", ignore_errors=True)
    found = Delivered(world, project)
    assert found.status == "failure"
    return found


def row(delivered):
    """A case and a metric that the comment offers to accept."""
    said = delivered.comment.replace("\\", "")  # without the escapes of Markdown
    words = said.partition("/loadstone accept ")[2].split()
    return words[0], words[1]


def test_accept_edits_the_comment_and_turns_the_status_green_until_it_expires(delivered):
    before = delivered.comment
    _, metric = row(delivered)
    asked = len(delivered.world.asked)
    _, reactions = delivered.say(f"/loadstone accept * {metric} a slower hash, on purpose")
    assert len(delivered.world.asked) - asked <= 25  # as decision 206 says
    assert reactions == ["eyes", "rocket"]
    (change,) = accepted_changes(delivered.documents.read(ACCEPTED).data)
    assert (change.component, change.who, change.pull_request) == ("planted", "grace", NUMBER)
    assert change.size == pytest.approx(0.4, abs=0.05)
    assert delivered.comment != before
    assert "accepted by" in delivered.comment
    assert delivered.status == "failure"  # another metric is worse still
    (other,) = {"latency_p50", "latency_p99"} - {metric}
    delivered.say(f"/loadstone accept * {other} a slower hash, on purpose")
    assert delivered.status == "success"
    changes = accepted_changes(delivered.documents.read(ACCEPTED).data)
    over = [replace(each, expires="2026-01-01T00:00:00+00:00") for each in changes]
    delivered.documents.update(ACCEPTED, lambda _: accepted_document(over))
    delivered.deliver()
    assert delivered.status == "failure"
    assert "which is over" in delivered.comment


def test_explain_reads_the_artifact_of_the_run_that_the_comment_says(delivered):
    case, metric = row(delivered)
    asked = len(delivered.world.asked)
    result, reactions = delivered.say(f"/loadstone explain {case} {metric}")
    assert (result.code, reactions) == (0, ["eyes", "rocket"])
    assert len(delivered.world.asked) - asked <= 13  # as decision 206 says
    assert "regression" in delivered.replies[-1]


def test_a_stranger_changes_nothing(delivered):
    before = delivered.comment
    result, reactions = delivered.say("/loadstone accept * latency_p99 it is fine", login="mallory")
    assert (result.code, reactions) == (0, ["confused"])
    assert delivered.documents.read(ACCEPTED) is None
    assert (delivered.comment, delivered.status) == (before, "failure")


def test_an_artifact_that_is_gone_is_said_and_not_made_up(delivered):
    delivered.world.repository.artifacts[1].expired = True
    before = delivered.comment
    result, reactions = delivered.say("/loadstone explain a latency_p99")
    assert (result.code, reactions) == (3, ["eyes", "confused"])
    assert "no longer kept" in delivered.replies[-1]
    assert "/loadstone run" in delivered.replies[-1]
    assert delivered.comment == before


@pytest.mark.parametrize(
    "how",
    [{"action": "edited"}, {"action": "deleted"}, {"kind": "Bot"}, {"body": "> /loadstone run"}],
)
def test_edited_quoted_and_bots_comments_cost_no_request(delivered, how):
    asked = len(delivered.world.asked)
    result, reactions = delivered.say(**{"body": "/loadstone run", **how})
    assert (result.code, reactions) == (0, [])
    assert len(delivered.world.asked) == asked


def test_a_rerun_of_what_is_settled_is_refused_and_says_what_to_do(delivered):
    before = delivered.comment
    result, reactions = delivered.say("/loadstone rerun")
    assert (result.code, reactions) == (0, ["confused"])
    assert "nothing is inconclusive or invalid" in delivered.replies[-1].lower()
    assert "`/loadstone rerun rounds=4`" in delivered.replies[-1]
    assert delivered.world.repository.dispatches == []
    assert delivered.comment == before
