"""Names of revisions, as reports have them."""

from __future__ import annotations

from loadstone.model import Revision
from loadstone.report.common.plain import plain

_SHORT = 7  # hexadecimal digits beside a name
_MOST = 60  # characters of a name


def named(revision: Revision) -> str:
    """A version, or a commit by the name it was asked for: `v2 (a5de532)`.

    Where the branch of a remote stood in for a name, it is that branch. One that was asked for by
    its hash has no other name.
    """
    commit = revision.commit
    name = revision.asked.removeprefix("build:")
    if revision.ref.startswith("refs/remotes/"):
        name = revision.ref.removeprefix("refs/remotes/")
    if not commit or not name or commit.startswith(name.lower()):
        return plain(revision.label)
    return f"{plain(name, most=_MOST)} ({plain(commit[:_SHORT])})"
