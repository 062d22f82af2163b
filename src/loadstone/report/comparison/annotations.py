"""Annotations: what functions cost that changed, beside the lines of theirs that differ.

Only functions that changed beyond noise and that the change itself touched: beside any other line a
message would blame whoever reads it for nothing. All are notices, since no verdict rests on a
function.
"""

from __future__ import annotations

from loadstone.model import Commits, Plan, ProfileDiff, ProfileRow, Record
from loadstone.model.bot import Annotation
from loadstone.model.changed_files import changed_file
from loadstone.model.profile_kinds import parted
from loadstone.report.common.plain import plain
from loadstone.report.comparison.profiles import change_in_words, kind, moved

TOUCHED = "touched"
_LONGEST = 500  # characters


def line_notices(record: Record) -> list[Annotation]:
    """The annotations of a record, in the order of its profiles; of a function one."""
    commits = record.plan.commits or Commits(ahead=0, behind=0)
    compared = record.judgement.comparisons if record.judgement else ()
    said: dict[tuple[str, int], dict[str, str]] = {}
    titles: dict[tuple[str, int], str] = {}
    for diff in record.profiles:
        for row in diff.rows:
            path = changed_file(
                row.file, commits.changed, commits.tails, module=_module(record.plan, diff)
            )
            if not path or not _worth(row):
                continue
            place = (path, row.line)
            titles.setdefault(place, plain(row.function, most=_LONGEST))
            words = change_in_words(diff, row, compared)
            said.setdefault(place, {}).setdefault(diff.kind, f"{_where(diff)}: {words}")
    return [
        Annotation(
            level="notice",
            path=path,
            line=line,
            title=titles[path, line],
            message="\n".join(kinds.values()),
        )
        for (path, line), kinds in said.items()
    ]


def _worth(row: ProfileRow) -> bool:
    own = row.reach == TOUCHED and not row.module
    return own and row.base is not None and moved(row) and row.line > 0


def _module(plan: Plan, diff: ProfileDiff) -> str:
    """The path of the module of the program that was profiled, "" where it is not known."""
    process = parted(diff.kind)[1]
    programs = (side.others.get(process, side) for side in (plan.head, plan.base))
    return next((each.go.module for each in programs if each.go), "")


def _where(diff: ProfileDiff) -> str:
    return plain(f"{kind(diff)} profile of {diff.case}", most=_LONGEST)
