"""Authorisation: by the permission in the repository, ranked, and never for nobody."""

import pytest

from loadstone.bot.authorised import authorised
from loadstone.formats.configuration import CommandSettings
from loadstone.model.bot import Permission

DEFAULT = CommandSettings().roles


def may(level, role="", roles=DEFAULT):
    return authorised(Permission(user="grace", level=level, role=role), roles)


@pytest.mark.parametrize(
    ("level", "role", "fine"),
    [
        ("admin", "admin", True),
        ("write", "maintain", True),
        ("write", "write", True),
        ("read", "triage", False),
        ("read", "read", False),
        ("none", "", False),
        ("write", "", True),
        ("write", "release-engineer", True),
        ("read", "release-engineer", False),
        ("", "", False),
        ("owner", "owner", False),
    ],
)
def test_by_default_those_who_may_write(level, role, fine):
    assert may(level, role) is fine


def test_a_higher_role_may_what_a_lower_one_may():
    assert may("admin", "admin", roles=["maintain"])
    assert not may("write", "write", roles=["maintain"])
    assert may("read", "triage", roles=["triage"])


def test_a_role_of_one_s_own_counts_by_its_name():
    assert may("read", "perf-team", roles=["perf-team"])
    assert not may("admin", "admin", roles=["perf-team"])


def test_nobody_may_nothing_and_no_role_is_for_everybody():
    assert not authorised(None, DEFAULT)
    assert not may("none", "none", roles=["none"])
