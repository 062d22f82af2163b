from __future__ import annotations

import pytest

from loadstone.github.reactions import react
from loadstone.model.bot import React, Reaction
from tests.github.conftest import NAME


@pytest.mark.parametrize("after", [False, True])
def test_a_reaction_is_there_once_whatever_failed(world, client, after):
    comment = world.fake.state.comment(NAME, 1, "maintainer", "/loadstone run")
    world.fault(verb="POST", status=500, after=after)
    for _ in range(2):
        react(client, React(comment=comment.id, content=Reaction.EYES))
    assert [one.content for one in comment.reactions] == ["eyes"]


def test_a_reaction_costs_one_request(world, client):
    comment = world.fake.state.comment(NAME, 1, "maintainer", "/loadstone run")
    react(client, React(comment=comment.id, content=Reaction.CONFUSED))
    assert len(world.asked) == 1
