"""The judging of a bisection by the privileged job: GitHub's commits, our search, their numbers."""

from __future__ import annotations

from dataclasses import replace

from loadstone.bot.broken_runs import refused, without_result
from loadstone.bot.news import BisectNews, FailureNews, SkipNews
from loadstone.bot.slower_commit import finding
from loadstone.errors import LoadstoneError
from loadstone.flows.bot.asked_here import ComponentRequest
from loadstone.flows.bot.claimed_component import claimed
from loadstone.flows.bot.context import BotContext
from loadstone.flows.bot.fetched_artifacts import FetchedArtifacts
from loadstone.flows.bot.judged_component import JudgedComponent, revision
from loadstone.flows.bot.measured_run import MeasuredRun
from loadstone.flows.bot.searched_metric import searched_metric
from loadstone.flows.prepare_bisect import BisectJob, over, sketched
from loadstone.flows.received_bisection import received
from loadstone.github import pulls
from loadstone.github.client import Client
from loadstone.model import Side
from loadstone.model.bot import BISECTION
from loadstone.report.common.metrics import title


def judged_bisection(
    context: BotContext,
    client: Client,
    run: MeasuredRun,
    each: ComponentRequest,
    found: FetchedArtifacts,
) -> JudgedComponent:
    """Replay the search of what is admitted of an artifact. Raises `GithubFailed`."""
    label = f"{each.ask.label}{BISECTION}"
    claim = claimed(context, run, each, found)
    bare = JudgedComponent(label=label, news=without_result(), minutes=claim.minutes)
    if claim.skip is not None:
        return replace(bare, news=SkipNews(reason=claim.skip), minutes=0.0)
    if claim.failed is not None:
        return replace(bare, news=FailureNews(reason=claim.failed, minutes=claim.minutes))
    try:
        search = _search(context, client, each)
    except LoadstoneError as error:
        return replace(bare, news=refused(error.message, minutes=claim.minutes))
    if search is None:
        return replace(
            bare, news=refused("between its ends GitHub knows no commit", minutes=claim.minutes)
        )
    record, whole = received(found.paths[0], search, under=f"{each.folder}/")
    said = finding(record, title=title(record.metric), whole=whole)
    return replace(bare, news=BisectNews(found=said, minutes=round(claim.minutes, 1)))


def _search(context: BotContext, client: Client, each: ComponentRequest) -> BisectJob | None:
    """The search as it was asked for; None where there is nothing between its ends."""
    metric = searched_metric(each)
    job = sketched(each.request)
    base = revision(context, Side.BASE, each.request.base)
    head = revision(context, Side.HEAD, each.request.head)
    if not (base.commit and head.commit):
        return None
    commits = pulls.first_parents(client, base=base.commit, head=head.commit)
    if not commits:
        return None
    job = replace(job, plan=replace(job.plan, base=base, head=head))
    return over(job, metric, commits)
