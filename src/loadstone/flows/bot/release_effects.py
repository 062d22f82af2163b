"""Effects of a release at the gate: its statuses, the section of its notes, and its files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from loadstone.bot.ask import Skip
from loadstone.bot.commit_status import context, description, status_of
from loadstone.flows import output_directory
from loadstone.flows.bot.release_verdict import ReleaseVerdict
from loadstone.model import Conclusion
from loadstone.model.bot import (
    CommentSection,
    FailedState,
    ReleaseAsset,
    ReleaseSection,
    SetStatus,
    SkippedState,
    StatusState,
    VerdictState,
)
from loadstone.report.comment import release_section
from loadstone.report.common.sentences import sentence
from loadstone.report.comparison import summary_line

FIRST = "nothing-before"  # why a first release is compared with none


def statuses(
    verdicts: Sequence[ReleaseVerdict], skips: Sequence[Skip], *, sha: str, url: str
) -> Iterator[SetStatus]:
    """The status of each component on the commit of the tag; `url`: of the run."""
    for each in verdicts:
        section = CommentSection(component=each.component, state=_state(each, sha))
        found = status_of(section, say=sentence, said=_said(each), url=url)
        if found is not None:
            yield found
    for skip in skips:
        section = CommentSection(
            component=skip.label, state=SkippedState(sha=sha, reason=skip.reason)
        )
        if skip.reason.code == FIRST:  # nothing can be worse than what there is not
            yield SetStatus(
                sha=sha,
                context=context(skip.label),
                state=StatusState.SUCCESS,
                description=description(sentence(skip.reason)),
                target_url=url,
            )
        elif (found := status_of(section, say=sentence, url=url)) is not None:
            yield found


def _state(found: ReleaseVerdict, sha: str) -> VerdictState | FailedState:
    if found.reason is not None:
        return FailedState(sha=sha, reason=found.reason)
    alarm = found.conclusion is not Conclusion.PASS
    return VerdictState(sha=sha, conclusion=found.conclusion, alarm=alarm)


def _said(found: ReleaseVerdict) -> str:
    """The sentence of a status: what decides, and where that is so that an acceptance did."""
    if found.comparison is None:
        return ""
    by_best = found.by_best and found.comparison.against_best
    shown = by_best or found.comparison.against_previous
    line = summary_line(shown.record)
    if by_best:
        return f"against {found.comparison.best}: {line}"
    if found.conclusion is Conclusion.PASS and shown.accepted:
        return f"accepted: {line}"
    return f"not shown to be no worse: {line}" if found.conclusion is Conclusion.UNSURE else line


def notes_and_files(
    verdicts: Sequence[ReleaseVerdict], *, tag: str, folder: Path
) -> Iterator[ReleaseSection | ReleaseAsset]:
    """The section of the notes and the file of the release, for each component with a record."""
    for each in verdicts:
        if each.comparison is None or each.record is None:
            continue
        place = folder / each.component
        output_directory.keep(each.record, place)
        yield ReleaseSection(tag=tag, key=each.component, body=release_section(each.comparison))
        yield ReleaseAsset(
            tag=tag,
            name=f"loadstone-{each.component}.json",
            path=str(place / output_directory.RECORD),
            content_type="application/json",
        )
