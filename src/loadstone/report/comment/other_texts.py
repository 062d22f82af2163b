"""The same parts elsewhere: the Markdown file of a run, the job's summary, a release's notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from loadstone.model import Record
from loadstone.model.bot import CommentState
from loadstone.report.comment.links import link, small
from loadstone.report.comment.marker import marker
from loadstone.report.comment.parts import SectionText
from loadstone.report.comment.pull_request import Room, composed, written
from loadstone.report.comment.result import Result
from loadstone.report.comment.section import Place, section
from loadstone.report.common.commands import SAVED
from loadstone.report.common.escape import Safe, code, text
from loadstone.report.common.markdown import MOST
from loadstone.report.common.plain import plain
from loadstone.report.comparison import build

SUMMARY = 1_000_000  # bytes; GitHub takes 1 MiB of each step
_RELEASE = 60_000  # characters; release notes may have 125,000, and are not ours alone
_TAG = 60  # characters


def markdown(result: Result, *, saved: str = SAVED) -> str:
    """The report of a run as a file, with the commands of a terminal; `saved`: its directory."""
    view = build.view(result.record, saved=saved)
    head = marker(_key(result.record), _data(result.record))
    body = composed(
        [section(view, result, Place(slash=False))],
        top=Safe(),
        room=Room(most=MOST - len(head) - 1),
        links=Safe(),
    )
    return f"{head}\n{body}"


def _key(record: Record) -> str:
    plan = record.plan
    return f"{plan.component}/{plan.provider}/{plan.tier}"


def _data(record: Record) -> dict[str, str]:
    verdict = record.judgement.verdict.value if record.judgement else "none"
    return {"base": record.plan.base.label, "head": record.plan.head.label, "verdict": verdict}


def job_summary(state: CommentState, results: Mapping[str, Result], *, report_url: str = "") -> str:
    """The comment as the summary of a job: less than 1 MiB, so hardly anything is left out."""
    room = Room(most=SUMMARY, measure=lambda each: len(each.encode()))
    links = small(link("The whole report", report_url))
    return written(state, results, room=room, links=links, slash=False)


@dataclass(frozen=True, kw_only=True)
class ReleaseComparison:
    """A release held against earlier ones: the one before it, and the best of the last few."""

    tag: str
    previous: str
    against_previous: Result
    best: str = ""
    against_best: Result | None = None
    of_last: int = 0  # releases from which the best was chosen


def release_section(release: ReleaseComparison, *, report_url: str = "") -> str:
    """The section about performance of a release's notes."""
    found = [_against(release.against_previous, release.tag, release.previous, "the one before it")]
    if release.against_best is not None and release.best != release.previous:
        which = f"the best of the last {release.of_last}" if release.of_last else "the best so far"
        found.append(_against(release.against_best, release.tag, release.best, which))
    links = small(link("The whole report", report_url))
    top = Safe(f"## Performance of {code(plain(release.tag, most=_TAG))}")
    return composed(found, top=top, room=Room(most=_RELEASE), links=links)


def _against(result: Result, tag: str, other: str, which: str) -> SectionText:
    whole = section(build.view(result.record), result, Place(rows=5, slash=False))
    mark = whole.title.partition(":")[0]
    names = " against ".join(plain(each, most=_TAG) for each in (tag, other))
    return replace(whole, title=Safe(f"{mark}: {text(f'{names}, {which}')}"))
