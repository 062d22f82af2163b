"""Authorisation: who may command, by the permission in the repository and never by association.

The association that a comment carries under-reports: a member whose membership is private is a
contributor there.
"""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.model.bot import Permission

_RANKS = ("none", "read", "triage", "write", "maintain", "admin")


def authorised(permission: Permission | None, roles: Sequence[str]) -> bool:
    """Whether someone with this permission has one of these roles, or more than one of them.

    Roles that GitHub knows are ranked, so that an administrator may what a writer may; a role of an
    organisation's own counts by its exact name, and by the level that it is built upon.
    """
    if permission is None or permission.level not in _RANKS[1:]:
        return False
    if permission.role in roles:
        return True
    known = [_RANKS.index(role) for role in roles if role in _RANKS]
    return bool(known) and _rank(permission) >= max(1, min(known))


def _rank(permission: Permission) -> int:
    said = permission.role if permission.role in _RANKS else permission.level
    return _RANKS.index(said) if said in _RANKS else 0
