"""`loadstone redline`: its exit codes."""

from dataclasses import replace

import pytest

from loadstone.cli.redline import exit_code
from tests import searching
from tests.report import searches


def certain(record):
    policy = replace(record.plan.policy, certain=True)
    return replace(record, plan=replace(record.plan, policy=policy))


@pytest.mark.parametrize(
    ("name", "code", "sure"),
    [
        ("lower", 1, 1),
        ("unchanged", 0, 0),
        ("limited", 1, 1),
        ("alone", 0, 0),
        ("beyond", 1, 1),
        ("budget", 0, 4),
        ("silent", 3, 3),
    ],
)
def test_exit_codes(name, code, sure):
    assert exit_code(searches.get(name)) == code
    assert exit_code(certain(searches.get(name))) == sure


def test_a_redline_below_every_size_is_a_missed_objective():
    assert exit_code(searching.searched(None, searching.System(redline=10))) == 1
