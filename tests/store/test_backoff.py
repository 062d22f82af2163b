from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from loadstone.store.backoff import LONGEST, SHORTEST, pause


@given(st.integers(0, 10_000), st.floats(0, 1e6), st.integers())
def test_a_wait_is_never_negative_and_never_endless(losses, took, seed):
    assert 0 <= pause(losses, took, random.Random(seed)) <= LONGEST


def test_waits_grow_with_losses_and_with_what_an_attempt_takes():
    def most(losses, took):
        return max(pause(losses, took, random.Random(seed)) for seed in range(200))

    assert SHORTEST / 2 < most(0, 0.0) < most(3, 0.0) < most(5, 0.0)
    assert most(2, 0.1) < most(2, 2.0)
