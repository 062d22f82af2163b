"""The last results of a pull request: of the runs whose verdicts its comment says.

Nothing is stored twice: the comment remembers its runs, GitHub keeps their artifacts for a while,
and what they hold is judged again as it was when it was first said. So what somebody explains or
accepts is what they read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from loadstone.bot.command_sections import judged_runs
from loadstone.bot.comment_memory import recall
from loadstone.bot.lifecycle import KEY
from loadstone.github import comments
from loadstone.github.client import Client
from loadstone.model.bot import CommentSection
from loadstone.report.comment import Result

Judge = Callable[[int], Mapping[str, Result]]  # the results of a workflow run, by component


def sections(client: Client, number: int) -> Sequence[CommentSection]:
    """The sections that the comment of a pull request remembers; none where there is no comment."""
    own = comments.find(client, number, KEY)
    return recall(own.data) if own else ()


def judged_runs_of(client: Client, number: int) -> list[int]:
    """The runs whose verdicts the comment says."""
    return [run for run, _ in judged_runs(sections(client, number))]


def last_results(client: Client, number: int, judge: Judge) -> dict[str, Result]:
    """The results by component. Raises what `judge` raises, as `ArtifactExpired`."""
    said = [each for each in sections(client, number) if judged_runs([each])]
    by_run = {run: judge(run) for run, _ in judged_runs(said)}
    found = {each.component: by_run[each.run].get(each.component) for each in said}
    return {component: result for component, result in found.items() if result is not None}
