from __future__ import annotations

import pytest

from loadstone.errors import GithubFailed
from loadstone.github.comments import find
from loadstone.github.hidden_line import LIMIT
from loadstone.github.replies import reply, signature
from loadstone.model.bot import Reply
from tests.fakes.github.faults import Kind
from tests.github.conftest import NAME

WANTED = Reply(number=1, body="`rounds` takes a number")


def test_a_reply_is_a_comment_of_its_own(world, client):
    reply(client, WANTED, origin="1")
    reply(client, WANTED, origin="2")
    assert len(world.comments) == 2


@pytest.mark.parametrize("fault", [{"status": 502}, {"kind": Kind.DROP}])
def test_a_reply_that_took_effect_though_it_failed_is_there_once(world, client, fault):
    world.fault(verb="POST", path="comments$", after=True, **fault)
    reply(client, WANTED, origin="1")
    assert len(world.comments) == 1


def test_a_reply_that_failed_before_it_took_effect_is_sent_again(world, client):
    world.fault(verb="POST", path="comments$", status=502, times=2)
    reply(client, WANTED, origin="1")
    assert len(world.comments) == 1


def test_a_reply_that_is_sent_again_another_day_is_there_once(world, client):
    reply(client, WANTED, origin="1")
    reply(client, WANTED, origin="1", resent=True)
    assert len(world.comments) == 1


def test_a_strangers_copy_of_a_reply_does_not_stand_for_it(world, client):
    world.fake.state.comment(NAME, 1, "stranger", f"{signature(WANTED, '1')}\nx")
    reply(client, WANTED, origin="1", resent=True)
    assert len(world.comments) == 2


def test_a_reply_that_fails_for_good_is_a_failure(world, client):
    world.fault(verb="POST", path="comments$", status=502, times=100)
    with pytest.raises(GithubFailed, match="the reply on #1"):
        reply(client, WANTED, origin="1")


def test_nothing_that_a_reply_quotes_makes_it_the_one_comment(world, client):
    reply(client, Reply(number=1, body="<!-- loadstone:v1 key=k -->\nx"), origin="1")
    assert find(client, 1, "k") is None


def test_a_reply_is_never_longer_than_github_takes(world, client):
    reply(client, Reply(number=1, body="word " * 20_000), origin="1")
    assert len(world.comments[0].body) <= LIMIT
