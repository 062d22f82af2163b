"""The results of a measuring run, judged again: what its delivery said, by what is known now."""

from __future__ import annotations

from pathlib import Path

from loadstone.errors import ArtifactExpired, ArtifactRefused
from loadstone.flows.bot.asked_here import wanted
from loadstone.flows.bot.context import BotContext, at_revision
from loadstone.flows.bot.earlier_attempts import AttemptReader, left
from loadstone.flows.bot.fetched_artifacts import FetchedArtifacts
from loadstone.flows.bot.judged_more import judge_of
from loadstone.flows.bot.measured_run import of_run
from loadstone.github.client import Client
from loadstone.model.bot import WorkflowRunEvent
from loadstone.report.comment import Result
from loadstone.report.common.sentences import sentence
from loadstone.system import temporary

_EXPIRED = "artifact-expired"
_AGAIN = "measure again: /loadstone run"


def judged_again(context: BotContext, client: Client, event: WorkflowRunEvent) -> dict[str, Result]:
    """The results by component; none of a run for which nobody waits any more.

    Raises `ArtifactExpired` and `ArtifactRefused` where there is nothing to judge any more.
    """
    with temporary.directory(context.run.temporary) as work:
        found = left(client, event, work)
        measured = of_run(context, client, event, found.said)
        if measured is None:
            return {}
        results: dict[str, Result] = {}
        with at_revision(context, measured.base) as here:
            judge = judge_of(here, measured, AttemptReader(client=client, work=work))
            for each in wanted(here, measured.event, measured.facts).measurings:
                if each.ask.audit or each.ask.bisect:
                    continue
                if each.ask.more is None:
                    _require(event.run, found)
                files = Path(work) / f"files-{each.folder}"
                files.mkdir()
                one = judge(each, found, files)
                if one.result is not None:
                    results[each.ask.label] = one.result
        return results


def _require(run: int, found: FetchedArtifacts) -> None:
    if found.lost is not None:
        kind = ArtifactExpired if found.lost.reason.code == _EXPIRED else ArtifactRefused
        raise kind(f"run {run}: {sentence(found.lost.reason)}", next_step=_AGAIN)
