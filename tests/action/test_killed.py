"""A measuring container that is killed: nothing is left of it but every run that had ended.

LOADSTONE_KILLS=50 make action      kills it that often, and not four times
"""

import os
import random

import pytest

from tests.action.harness.killing import Killing
from tests.action.harness.measuring_container import greeter

pytestmark = [pytest.mark.action, pytest.mark.timeout(7200)]

KILLS = int(os.environ.get("LOADSTONE_KILLS", "4"))
LATEST = 30.0  # s; an idle machine needs that long to measure


@pytest.fixture(scope="module")
def killing(docker, image, tmp_path_factory):
    folder = tmp_path_factory.mktemp("killed")
    with greeter(docker, image, folder) as github:
        yield Killing(github, docker, image, folder)


@pytest.mark.parametrize("number", range(KILLS))
def test_nothing_is_left_of_a_killed_measuring_but_its_runs(killing, number):
    moment = random.Random(number).uniform(0, LATEST)
    left = killing.kill(number, moment, begun=number % 4 > 1, client=number % 2 == 0)
    assert left.containers == [], left.said
    assert left.processes == []
    assert left.directories == []
    assert left.runs >= left.told
    assert left.announced or left.told == 0
    print(f"kill {number}: {left.told} runs told, {left.runs} kept")
