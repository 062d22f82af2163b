from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.errors import GithubFailed
from loadstone.github.statuses import set_status, shortened
from loadstone.model.bot import SetStatus, StatusState
from tests.github.conftest import HEAD

WANTED = SetStatus(
    sha=HEAD, context="loadstone/widget", state=StatusState.FAILURE, description="p99 +8 %"
)


def test_a_status_is_set_on_the_commit(world, client):
    set_status(client, WANTED)
    (found,) = world.repository.statuses
    assert (found.sha, found.context, found.state) == (HEAD, "loadstone/widget", "failure")
    assert found.description == "p99 +8 %"


@pytest.mark.parametrize("after", [False, True])
def test_a_status_survives_a_failure_of_github(world, client, after):
    world.fault(verb="POST", status=502, after=after)
    set_status(client, WANTED)
    assert world.repository.statuses[-1].state == "failure"


def test_a_status_that_cannot_be_set_is_a_failure(world, client):
    world.fault(verb="POST", status=502, times=100)
    with pytest.raises(GithubFailed, match="the status loadstone/widget of aaaaaaaaaaaa"):
        set_status(client, WANTED)


@given(st.text(max_size=300))
def test_a_description_is_one_line_that_github_takes(text):
    found = shortened(text)
    assert len(found) <= 140
    assert "\n" not in found


def test_a_description_is_cut_at_a_word():
    assert shortened("word " * 40).endswith("word…")
    assert shortened("x" * 200) == "x" * 139 + "…"
