"""Waiting between attempts: longer each time, and at random, so that writers do not march in step.

A wait is drawn evenly from 0 to a limit that doubles ("full jitter": Marc Brooker, "Exponential
Backoff And Jitter", AWS Architecture Blog, 2015). It begins with what the attempt took: of many
writers only one gets on while an attempt lasts, so on a slow server they have to wait longer.
"""

from __future__ import annotations

import random

SHORTEST, LONGEST = 0.1, 30.0  # s; of the limits
_DOUBLINGS = 7  # 128 times what an attempt took is enough for a hundred writers


def pause(losses: int, took: float, rng: random.Random) -> float:
    """The wait in seconds after `losses` attempts in vain, the last of which `took` so many."""
    limit = max(SHORTEST, took) * 2.0 ** min(losses, _DOUBLINGS)
    return rng.uniform(0, min(LONGEST, limit))
