"""Validation of a policy: what it may ask of the judge."""

from __future__ import annotations

from math import isfinite

from loadstone.errors import UsageError
from loadstone.model import Policy

MOST = 10_000  # rounds: levels are worked out look by look, and nobody has measured so many


def checked(policy: Policy) -> Policy:
    """The policy, validated; raises `UsageError` for one that no judgement can follow."""
    for name, value in (("alpha", policy.alpha), ("power", policy.power)):
        if not (isfinite(value) and 0 < value < 1):
            raise UsageError(
                f"the policy's {name} is {value}", next_step=f"give {name} between 0 and 1"
            )
    looks = list(policy.looks)
    whole = all(isinstance(look, int) and not isinstance(look, bool) for look in looks)
    if not whole or looks != sorted(set(looks)) or any(not 1 <= look <= MOST for look in looks):
        raise UsageError(
            f"the policy's looks are {looks}",
            next_step=f"give rising whole numbers of rounds from 1 to {MOST}, such as 4, 6, 8",
        )
    if policy.budget is not None and not policy.budget >= 0:
        raise UsageError(
            f"the policy's budget is {policy.budget}", next_step="give seconds, 0 or more"
        )
    return policy
