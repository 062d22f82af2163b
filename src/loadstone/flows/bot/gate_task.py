"""The task `gate`: a release held against the one before, which passes or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from loadstone.action.inputs import ActionInputs
from loadstone.action.runner import RunnerContext
from loadstone.flows.bot import context as contexts
from loadstone.flows.bot.context import BotContext
from loadstone.flows.bot.gate_release import GatedRelease, gate_release
from loadstone.flows.bot.git_access import authorised
from loadstone.flows.bot.kept_outbox import SAID, kept
from loadstone.flows.task_result import TaskResult
from loadstone.github.client import Client
from loadstone.github.perform import UndeliveredEffect
from loadstone.model import Conclusion
from loadstone.model.bot import ReleaseAsset
from loadstone.report.comment import release_section
from loadstone.report.common.sentences import sentence
from loadstone.report.comparison import summary_line
from loadstone.system import temporary

_UNSAID = 3
# As `loadstone run` ends.
_CODES: Mapping[Conclusion, int] = {
    Conclusion.PASS: 0,
    Conclusion.FAIL: 1,
    Conclusion.INVALID: 3,
    Conclusion.UNSURE: 4,
}


def gate(
    inputs: ActionInputs,
    run: RunnerContext,
    *,
    connect: Callable[[BotContext], Client] = BotContext.client,
) -> TaskResult:
    """Let the release of the event pass or not: the exit code says so too."""
    context = contexts.read(inputs, run)
    with (
        authorised(run, inputs.token),
        connect(context) as client,
        temporary.directory(run.temporary) as folder,
    ):
        gated = gate_release(context, client, folder)
        unsent = [each for each in gated.undelivered if _to_send(each)]
        outputs = kept(run, unsent, origin=gated.origin) if unsent else {}
    sections = [release_section(each.comparison) for each in gated.verdicts if each.comparison]
    return TaskResult(
        text="\n".join([*_lines(gated), *([SAID] if unsent else [])]),
        code=_CODES[gated.conclusion] or (_UNSAID if _unsaid(gated) else 0),
        summary="\n\n".join(sections),
        outputs={"conclusion": gated.conclusion.value, **outputs},
    )


def _to_send(each: UndeliveredEffect) -> bool:
    """Whether it may be had later: an immutable release takes no file any more."""
    return not (isinstance(each.effect, ReleaseAsset) and "immutable" in each.reason)


def _unsaid(gated: GatedRelease) -> bool:
    """Whether a status or a section is missing, which the job does again when it is run again.

    A file that an immutable release does not take is none of these: nothing could be done.
    """
    return any(not isinstance(each.effect, ReleaseAsset) for each in gated.undelivered)


def _lines(gated: GatedRelease) -> Iterator[str]:
    yield f"{gated.tag}: {gated.conclusion.value}"
    for each in gated.verdicts:
        said = sentence(each.reason) if each.reason else ""
        said = summary_line(each.record) if each.record else said
        best = f", by {each.comparison.best}" if each.by_best and each.comparison else ""
        yield f"{each.component}: {each.conclusion.value}{best}: {said}"
    yield from (f"{skip.label}: {sentence(skip.reason)}" for skip in gated.skips)
    yield f"records kept: {gated.kept}"
    if gated.published:
        yield "the release is published"
    yield from (
        f"not delivered: {each.reason}. {each.next_step}".strip() for each in gated.undelivered
    )
