from __future__ import annotations

import time

import pytest

from loadstone.errors import GithubFailed, UsageError
from loadstone.github.client import Client
from loadstone.github.comments import find, upsert
from loadstone.github.pulls import read_pull
from loadstone.model.bot import UpsertComment
from tests.fakes.github.faults import Kind
from tests.github.conftest import HEAD, NAME, OURS

FIRST = UpsertComment(number=1, key="k", body="first")
SECOND = UpsertComment(number=1, key="k", body="second")


def edited(world, client, **fault):
    """Edit the comment through a fault."""
    upsert(client, FIRST)
    world.fault(verb="PATCH", **fault)
    return upsert(client, SECOND)


@pytest.mark.parametrize("status", [403, 429])
def test_an_edit_that_came_too_fast_is_sent_again_after_the_wait(world, client, status):
    edited(world, client, kind=Kind.SECONDARY, status=status, wait=7)
    assert world.waited == [7]
    assert "second" in world.comments[0].body


def test_a_limit_that_names_no_wait_is_waited_for_a_minute(world, client):
    edited(world, client, kind=Kind.SECONDARY, status=429, wait=None)
    assert world.waited == [60]


def test_the_end_of_the_hour_is_waited_for(world, client):
    edited(world, client, kind=Kind.PRIMARY, wait=30)
    assert 29 < world.waited[0] < 32
    assert "second" in world.comments[0].body


def test_a_wait_is_said(world, client):
    edited(world, client, kind=Kind.SECONDARY, wait=7)
    assert world.said == ["requests come too fast for GitHub: waiting 7 s"]


def test_a_wait_that_is_too_long_is_not_waited(world, client):
    with pytest.raises(GithubFailed, match="rate limit") as failed:
        edited(world, client, kind=Kind.PRIMARY, wait=3000)
    assert world.waited == []
    assert failed.value.hopeless
    assert "loadstone deliver" in failed.value.next_step


def test_a_limit_that_does_not_end_is_given_up(world, client):
    with pytest.raises(GithubFailed, match="rate limit"):
        edited(world, client, kind=Kind.SECONDARY, wait=1, times=100)
    assert world.waited == [1, 1, 1]


def test_a_comment_that_came_too_fast_is_made_once(world, client):
    world.fault(verb="POST", kind=Kind.SECONDARY, wait=2)
    upsert(client, FIRST)
    assert len(world.comments) == 1
    assert world.waited == [2]


@pytest.mark.parametrize("fault", [{"status": 502}, {"status": 500, "after": True}])
def test_an_edit_survives_a_failure_of_github(world, client, fault):
    edited(world, client, **fault)
    assert [comment.body.split("\n")[1] for comment in world.comments] == ["second"]


def test_a_read_survives_a_lost_connection(world, client):
    world.fault(verb="GET", kind=Kind.DROP)
    assert read_pull(client, 1).head_sha == HEAD


def test_a_failure_that_does_not_end_is_given_up(world, client):
    world.fault(verb="GET", status=503, times=100)
    with pytest.raises(GithubFailed, match="503") as failed:
        read_pull(client, 1)
    assert failed.value.effect_unknown
    assert world.waited == [0.5, 1, 2]


def test_a_missing_permission_is_named_and_not_tried_again(world):
    world.fake.state.token("ghs_reads", permissions={"contents": "read"})
    with pytest.raises(GithubFailed, match="not accessible") as failed:
        upsert(world.client("ghs_reads"), FIRST)
    assert "issues: write" in failed.value.next_step
    assert world.asked.count("POST /repos/octo/widget/issues/1/comments") == 1


def test_a_token_that_is_none_is_said_so(world):
    with pytest.raises(GithubFailed, match="Bad credentials") as failed:
        read_pull(world.client("ghs_wrong"), 1)
    assert failed.value.hopeless
    assert failed.value.next_step == "give it a token that is valid"


def test_a_private_repository_that_the_token_may_not_see_is_not_found(world):
    world.repository.private = True
    world.fake.state.token("ghs_other", repositories=frozenset())
    with pytest.raises(GithubFailed, match="404"):
        read_pull(world.client("ghs_other"), 1)


def test_no_answer_at_all_is_a_failure_in_words(world):
    client = world.client(url="http://127.0.0.1:9")
    with pytest.raises(GithubFailed, match="no answer from GitHub") as failed:
        read_pull(client, 1)
    assert failed.value.hopeless


def test_an_answer_of_another_shape_is_a_failure_in_words(world, client):
    world.fault(verb="GET", kind=Kind.BREAK, times=10)
    with pytest.raises(GithubFailed, match="cannot be read"):
        find(client, 1, "k")


def test_an_enterprise_is_asked_at_its_own_address(world):
    client = Client.of_workflow(
        {"GITHUB_API_URL": f"{world.server.url}/api/v3", "GITHUB_REPOSITORY": NAME},
        "ghs_actions",
        pauses=(0, 0),
    )
    with client:
        upsert(client, FIRST)
        upsert(client, SECOND)
        assert client.author == OURS
    assert len(world.comments) == 1


def test_a_repository_that_is_none_is_refused():
    with pytest.raises(UsageError, match="owner/name"):
        Client.of_workflow({}, "ghs_x")


def test_every_request_is_counted(world, client):
    upsert(client, FIRST)
    upsert(client, SECOND)
    assert client.requests == len(world.asked)


@pytest.mark.parametrize(
    ("token", "login"),
    [("ghs_actions", OURS), ("ghs_app", "our-app[bot]"), ("ghp_person", "person")],
)
def test_the_author_is_known_for_every_kind_of_token(world, token, login):
    world.fake.state.token(token, login)
    assert world.client(token).author == login


def test_the_author_is_asked_for_once(world, client):
    assert (client.author, client.author) == (OURS, OURS)
    assert world.asked == ["POST /graphql"]


def test_whose_comment_was_just_made_needs_no_question(world, client):
    upsert(client, FIRST)
    upsert(client, SECOND)
    assert "POST /graphql" not in world.asked


def test_lists_are_read_to_their_end(world, client):
    for _ in range(250):
        world.fake.state.comment(NAME, 1, "somebody", "talk")
    last = world.fake.state.comment(NAME, 1, OURS, "<!-- loadstone:v1 key=k -->\nold")
    found = find(client, 1, "k")
    assert found is not None
    assert found.id == last.id


def test_requests_are_apart_as_github_asks(world):
    with Client(NAME, "ghs_actions", url=world.server.url, pauses=(0, 0.2)) as client:
        began = time.monotonic()
        upsert(client, FIRST)
        upsert(client, SECOND)
        assert time.monotonic() - began >= 0.2
