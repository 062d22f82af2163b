"""Words of a measuring job: for its log and its summary, with what every comment has."""

from __future__ import annotations

from loadstone.bot.commit_status import gate
from loadstone.flows.bot.measured_file import ComponentOutcome, JobOutcome
from loadstone.model import Note
from loadstone.model.bot import (
    CommentSection,
    CommentState,
    FailedState,
    SectionState,
    SkippedState,
    VerdictState,
)
from loadstone.report.comment import Result, RunnerMinutes, job_summary
from loadstone.report.common.plain import plain
from loadstone.report.common.sentences import sentence
from loadstone.stats.comparison.latencies import percentiles


def text(outcome: JobOutcome, *, left_out: int = 0) -> str:
    """A line for each component."""
    lines = [f"{each.label}: {_line(each)}" for each in outcome.components]
    if outcome.cancelled:
        lines.append("cancelled; what is there is kept")
    if left_out:
        lines.append(f"{left_out} files had no room in the artifact")
    return "\n".join(plain(line) for line in lines) or "nothing was measured"


def summary(outcome: JobOutcome, *, sha: str) -> str:
    """The job's summary: the comment, but for what only the delivering job knows."""
    sections = [
        CommentSection(component=each.label, state=state)
        for each in outcome.components
        if (state := _state(each, sha)) is not None
    ]
    if not sections:
        return ""
    results = {each.label: _result(each) for each in outcome.components if each.record}
    found = {label: result for label, result in results.items() if result is not None}
    return job_summary(CommentState(number=outcome.number, sections=sections), found)


def _line(each: ComponentOutcome) -> str:
    if each.skip is not None:
        return f"not measured: {sentence(each.skip)}"
    if each.failed:
        return f"failed: {each.failed}"
    if each.record is None or each.record.judgement is None:
        return f"measured in {each.minutes:.1f} min, not judged here"
    return f"{each.record.judgement.verdict.value} in {each.minutes:.1f} min"


def _state(each: ComponentOutcome, sha: str) -> SectionState | None:
    """None for what is judged elsewhere: a shard, a bisection."""
    if each.skip is not None:
        return SkippedState(sha=sha, reason=each.skip)
    if each.failed:
        return FailedState(sha=sha, reason=Note.of("measuring-failed", said=each.failed))
    if each.record is None or each.record.judgement is None:
        return None
    found = gate(each.record.judgement, certain=each.record.plan.policy.certain)
    return VerdictState(
        sha=each.record.plan.head.commit or sha,
        conclusion=found,
        alarm=found.value != "pass",
        minutes=each.minutes,
    )


def _result(each: ComponentOutcome) -> Result | None:
    record = each.record
    if record is None or record.judgement is None:
        return None
    return Result(
        record=record,
        latencies=percentiles(record.plan.cases, record.runs, record.judgement.comparisons),
        cost=RunnerMinutes(minutes=each.minutes),
    )
