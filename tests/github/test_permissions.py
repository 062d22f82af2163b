from __future__ import annotations

import pytest

from loadstone.errors import GithubFailed
from loadstone.github.permissions import permission
from loadstone.model.bot import Permission
from tests.fakes.github.faults import Kind


@pytest.mark.parametrize(
    ("role", "level"),
    [
        ("admin", "admin"),
        ("maintain", "write"),
        ("write", "write"),
        ("triage", "read"),
        ("read", "read"),
    ],
)
def test_a_role_is_worth_what_github_says(world, client, role, level):
    world.fake.state.user("somebody")
    world.repository.roles["somebody"] = role
    assert permission(client, "somebody") == Permission(user="somebody", level=level, role=role)


def test_a_stranger_may_read_a_public_repository_and_no_more(world, client):
    world.fake.state.user("stranger")
    found = permission(client, "stranger")
    assert found is not None
    assert found.level == "read"


def test_a_stranger_may_nothing_in_a_private_one(world, client):
    world.repository.private = True
    world.fake.state.tokens["ghs_actions"].permissions = {"metadata": "read"}
    world.fake.state.user("stranger")
    found = permission(client, "stranger")
    assert found is not None
    assert found.level == "none"


@pytest.mark.parametrize("login", ["nobody-of-that-name", "../../user", "a b", "x[bot]"])
def test_who_is_no_user_is_nobody(client, login):
    assert permission(client, login) is None


def test_a_permission_that_is_not_known_is_no_permission(world, client):
    world.fake.state.user("somebody")
    world.fault(verb="GET", kind=Kind.DROP, times=100)
    with pytest.raises(GithubFailed, match="the permission of somebody"):
        permission(client, "somebody")
