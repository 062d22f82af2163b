"""Events: what is read of a payload, and that none can harm."""

import copy
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.bot import events
from loadstone.bot.events import UnusedEvent
from loadstone.errors import InvalidFile
from loadstone.model.bot import (
    BranchPush,
    CommentEvent,
    DispatchEvent,
    MergeGroupEvent,
    PullRequestAction,
    PullRequestEvent,
    ReleaseEvent,
    ScheduleEvent,
    TagPush,
    WorkflowRunEvent,
)
from tests.bot.payloads import NAMES, payload

KINDS = {
    "pull_request": PullRequestEvent,
    "issue_comment": CommentEvent,
    "release": ReleaseEvent,
    "merge_group": MergeGroupEvent,
    "schedule": ScheduleEvent,
    "workflow_dispatch": DispatchEvent,
    "workflow_run": WorkflowRunEvent,
}


def parse(name, said):
    return events.parse(name, said)


def event(name):
    return parse(name.split(".")[0], payload(name))


@pytest.mark.parametrize("name", NAMES)
def test_what_github_sends_is_an_event_of_its_kind(name):
    kind = KINDS.get(name.split(".")[0], TagPush if name.endswith("tag") else BranchPush)
    if name == "issue_comment.edited":
        kind = UnusedEvent
    assert isinstance(event(name), kind)


def test_a_pull_request_of_the_repository_is_no_fork_and_one_of_another_is():
    own = event("pull_request.opened")
    assert (own.action, own.label, own.sender) == (PullRequestAction.OPENED, "", "ada")
    assert (own.pull.number, own.pull.fork, own.pull.labels) == (17, False, ("performance",))
    assert event("pull_request.synchronize.fork").pull.fork
    gone = event("pull_request.closed.gone").pull
    assert (gone.fork, gone.open) == (True, False)


def test_a_draft_and_its_label_are_told():
    labelled = event("pull_request.labeled.draft")
    assert labelled.pull.draft
    assert labelled.label == "performance"


def test_a_comment_tells_who_wrote_it_and_when():
    comment = event("issue_comment.created")
    assert (comment.comment, comment.number, comment.author) == (70001, 17, "grace")
    assert comment.on_pull_request
    assert not comment.bot
    said = payload("issue_comment.created")
    said["comment"]["user"]["type"] = "Bot"
    del said["issue"]["pull_request"]
    comment = parse("issue_comment", said)
    assert comment.bot
    assert not comment.on_pull_request


def test_a_push_is_of_a_branch_or_a_tag():
    push = event("push.main")
    assert (push.branch, push.default, push.sha) == ("main", True, "d" * 40)
    assert event("push.tag") == TagPush(tag="v1.4.0", sha="d" * 40)


def test_inputs_of_a_dispatch_are_texts():
    assert event("workflow_dispatch").inputs["verbose"] == "true"
    without = payload("workflow_dispatch")
    without["inputs"] = None
    assert parse("workflow_dispatch", without).inputs == {}


def test_a_run_is_told_with_its_attempt_and_a_link_that_is_one():
    run = event("workflow_run.completed")
    assert (run.run, run.attempt, run.head_repository) == (880001, 2, "ada/proxy")
    hostile = payload("workflow_run.completed")
    hostile["workflow_run"]["html_url"] = "javascript:alert(1)"
    assert parse("workflow_run", hostile).url == ""


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("fork", {}),
        ("pull_request", {"action": "assigned"}),
        ("pull_request", {"action": ["opened"]}),
        ("release", {"action": "deleted"}),
        ("merge_group", {"action": "destroyed"}),
        ("workflow_run", {"action": "rerequested"}),
    ],
)
def test_events_on_which_nothing_is_done_are_said_to_be_so(name, change):
    assert isinstance(parse(name, change), UnusedEvent)


def test_all_that_is_wrong_of_what_is_needed_is_said_at_once():
    said = payload("pull_request.opened")
    said["pull_request"]["head"]["sha"] = "HEAD; rm -rf /"
    said["pull_request"]["number"] = True
    said["pull_request"]["base"]["ref"] = "main\n::set-output"
    del said["pull_request"]["base"]["repo"]
    with pytest.raises(InvalidFile) as caught:
        parse("pull_request", said)
    told = [str(problem) for problem in caught.value.problems]
    assert [line.split(": ")[1] for line in told] == [
        "pull_request.number",
        "pull_request.head.sha",
        "pull_request.base.ref",
        "pull_request.base.repo.full_name",
    ]
    assert told[-1].endswith("is missing")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


@given(name=st.sampled_from([*KINDS, "push", "other"]), said=JSON)
def test_no_payload_crashes_it(name, said):
    try:
        parse(name, said)
    except InvalidFile as error:
        assert error.problems  # noqa: PT017  (either is fine)


def broken(data, chance, value):
    """The data with some of its values replaced by another."""
    if isinstance(data, dict):
        return {
            key: value if chance.random() < 0.15 else broken(each, chance, value)
            for key, each in data.items()
        }
    return data


@given(name=st.sampled_from(NAMES), seed=st.integers(0, 10_000), value=JSON)
def test_no_payload_of_the_right_shape_with_something_else_in_it_crashes_it(name, seed, value):
    said = broken(copy.deepcopy(payload(name)), random.Random(seed), value)
    try:
        made = parse(name.split(".")[0], said)
    except InvalidFile:
        return
    if isinstance(made, PullRequestEvent):
        assert len(made.pull.head_sha) in (40, 64)
        assert made.pull.number > 0
