"""What a repository's workflows lack for the bot to work, or to do all it can."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from loadstone.scaffold.finding import Finding, Severity
from loadstone.scaffold.workflow import Workflow, items, mapping, tasks, text

FOLDER = ".github/workflows"
_INIT = "loadstone init"
# Task → the events of which one has to start it, what is lost without, and how bad that is.
_WANTED = {
    "measure": (("pull_request",), "pull requests are not measured", Severity.MISSING),
    "deliver": (("workflow_run",), "nothing is said on pull requests", Severity.MISSING),
    "command": (("issue_comment",), "slash commands are not obeyed", Severity.ADVICE),
    "store": (("push",), "no baselines are kept", Severity.ADVICE),
    "gate": (("push", "release"), "releases are not gated", Severity.ADVICE),
}


def gaps(workflows: Sequence[Workflow], *, own: bool) -> Iterator[Finding]:
    """What no workflow does, and deliveries that do not hear of the measuring."""
    for task, (events, lost, severity) in _WANTED.items():
        if not any(events_of(each, task, workflows, own=own) & {*events} for each in workflows):
            what = f"no workflow has the task `{task}` on {' or '.join(events)}: {lost}"
            yield Finding(code=f"no-{task}", severity=severity, where=FOLDER, what=what, mend=_INIT)
    yield from _deaf(workflows, own=own)


def events_of(
    workflow: Workflow, task: str, workflows: Sequence[Workflow], *, own: bool
) -> set[str]:
    """The events by which a workflow does a task; none where it does another."""
    done = (tasks(job, workflows, own=own) for job in workflow.jobs)
    return set(workflow.events) if any(task in each for each in done) else set()


def _deaf(workflows: Sequence[Workflow], *, own: bool) -> Iterator[Finding]:
    measuring = {
        each.name
        for each in workflows
        if "pull_request" in events_of(each, "measure", workflows, own=own)
    }
    for each in workflows:
        if "workflow_run" not in events_of(each, "deliver", workflows, own=own):
            continue
        heard = mapping(each.events["workflow_run"]).get("workflows")
        names = {text(name) for name in items(heard)} or {text(heard)}
        if unheard := sorted(measuring - names):
            listed = ", ".join(f"`{name}`" for name in unheard)
            yield Finding(
                code="unheard-measuring",
                severity=Severity.MISSING,
                where=each.where(("on", "workflow_run")),
                what=f"the delivery does not hear of {listed}",
                mend="name it in `workflows:`",
            )
