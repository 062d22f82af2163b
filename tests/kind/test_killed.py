"""Whoever is killed leaves what a sweep finds, whenever that is."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.kind.ground import ground
from tests.kind.killing import kill_at

pytestmark = [pytest.mark.kind, pytest.mark.timeout(1800)]


@pytest.mark.parametrize("share", [0.1, 0.6])
def test_a_sweep_leaves_nothing_of_a_session_that_was_killed(tmp_path: Path, share: float) -> None:
    there = ground()
    before = there.left()
    seconds = 20.0 * random.Random(share).uniform(share - 0.1, share + 0.1)
    kill_at(seconds, there, tmp_path)
    # What somebody else's session had left before is gone, too, where that has ended.
    assert there.left() - before == set()
