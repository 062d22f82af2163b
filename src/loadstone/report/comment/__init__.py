"""The comment of a pull request in all its states, and the same parts elsewhere. Pure.

`pull_request` words a `CommentState` (`loadstone.model.bot`) with the results of its components,
`markdown` one result as the file of a run, `job_summary` and `release_section` the same for a job
and a release. What is left out first where a text has no room is the order of `FoldKind`.
"""

from loadstone.report.comment.other_texts import (
    ReleaseComparison,
    job_summary,
    markdown,
    release_section,
)
from loadstone.report.comment.parts import FoldKind
from loadstone.report.comment.pull_request import pull_request
from loadstone.report.comment.result import Result, RunnerMinutes

__all__ = [
    "FoldKind",
    "ReleaseComparison",
    "Result",
    "RunnerMinutes",
    "job_summary",
    "markdown",
    "pull_request",
    "release_section",
]
