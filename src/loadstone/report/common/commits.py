"""The commits between base and head: how many, and the newest by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loadstone.model import Commits
from loadstone.report.common import units
from loadstone.report.common.plain import plain

_SHORT = 7  # hexadecimal digits
_MOST = 100  # characters of a subject


@dataclass(frozen=True, kw_only=True)
class CommitLine:
    """One commit."""

    hash: str
    subject: str


@dataclass(frozen=True, kw_only=True)
class CommitRange:
    """The commits that head has and base has not, the newest first."""

    line: str  # 12 commits from v1 (09802fe) to v2 (a5de532)
    short: str  # the same without names: 12 commits between base and head
    lines: Sequence[CommitLine]
    ahead: int

    def more(self, shown: int) -> int:
        """How many are not among the first `shown` lines."""
        return self.ahead - min(shown, len(self.lines))


def between(commits: Commits | None, base: str, head: str) -> CommitRange | None:
    """The commits in words; None where Git did not know them, or there is nothing between."""
    if commits is None or not (commits.ahead or commits.behind):
        return None
    return CommitRange(
        line=_line(commits, base, head),
        short=_line(commits, "base", "head"),
        lines=[
            CommitLine(hash=plain(each.hash[:_SHORT]), subject=plain(each.subject, most=_MOST))
            for each in commits.listed
        ],
        ahead=commits.ahead,
    )


def _line(commits: Commits, base: str, head: str) -> str:
    ahead, behind = (units.count(number, "commit") for number in (commits.ahead, commits.behind))
    if not commits.behind:
        return f"{ahead} from {base} to {head}"
    if not commits.ahead:
        return f"{head} has nothing that {base} has not, and lacks {behind} of it"
    return f"{ahead} in {head} that {base} has not; {head} lacks {behind} of {base}"
