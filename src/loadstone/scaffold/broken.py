"""Findings on a workflow of the bot that does not work as it stands, unsafe or not."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loadstone.formats.schema_problems import did_you_mean
from loadstone.formats.yaml_text import Path
from loadstone.scaffold.finding import Finding, Severity
from loadstone.scaffold.workflow import Workflow, WorkflowJob, items, mapping, tasks, text

# Events that the bot's workflows are started by: another that is spelt nearly so is a mistake.
_EVENTS = (
    *("pull_request", "pull_request_target", "merge_group", "push", "release", "schedule"),
    *("issue_comment", "workflow_run", "workflow_dispatch", "workflow_call"),
)
_NEAR = 0.8
_TOLD = ("deliver", "command", "store", "gate")  # tasks whose news or records must not be dropped
_INPUTS = ("number", "head", "command")  # of what the bot dispatches
_PUSHED = ("opened", "synchronize")
_NEWS = ("requested", "in_progress", "completed")


@dataclass(frozen=True, kw_only=True)
class ActionWords:
    """The words of the action: its tasks and its inputs."""

    tasks: Collection[str]
    inputs: Collection[str]


@dataclass(frozen=True, kw_only=True)
class _WorkflowFacts:
    workflow: Workflow
    others: Sequence[Workflow]
    own: bool
    words: ActionWords

    def own_tasks(self, job: WorkflowJob) -> set[str]:
        """What the steps of a job itself have Loadstone do."""
        return {step.task(self.own) for step in job.steps} - {""}

    def has(self, task: str) -> bool:
        """Whether any job of it does a task, itself or by what it calls."""
        return any(task in tasks(job, self.others, own=self.own) for job in self.workflow.jobs)

    def finding(
        self, code: str, path: Path, what: str, mend: str, severity: Severity = Severity.MISSING
    ) -> Finding:
        where = self.workflow.where(path, key=True)
        return Finding(code=code, severity=severity, where=where, what=what, mend=mend)


def broken(
    workflow: Workflow, others: Sequence[Workflow], words: ActionWords, *, own: bool
) -> Iterator[Finding]:
    """What does not work in a workflow that uses Loadstone; `others`: all that there are."""
    facts = _WorkflowFacts(workflow=workflow, others=others, own=own, words=words)
    for rule in _RULES:
        yield from rule(facts)


def _misspelt_event(facts: _WorkflowFacts) -> Iterator[Finding]:
    for event in facts.workflow.events:
        near = difflib.get_close_matches(event, _EVENTS, n=1, cutoff=_NEAR)
        if near and event not in _EVENTS:
            what = f"there is no event `{event}`"
            yield facts.finding("unknown-event", ("on", event), what, f"write `{near[0]}`")


def _misspelt_input(facts: _WorkflowFacts) -> Iterator[Finding]:
    for job in facts.workflow.jobs:
        for step in job.steps:
            if not step.is_ours(facts.own):
                continue
            path = (*step.path, "with")
            for name in step.given:
                if name not in facts.words.inputs:
                    what = f"the action has no input `{name}`"
                    mend = did_you_mean(name, facts.words.inputs)
                    yield facts.finding("unknown-input", (*path, name), what, mend)
            task = text(step.given.get("task"))
            if "${{" not in task and task not in facts.words.tasks:
                what = f"the action has no task `{task}`"
                mend = did_you_mean(task, facts.words.tasks)
                yield facts.finding("unknown-task", step.path, what, mend)


def _shallow_checkout(facts: _WorkflowFacts) -> Iterator[Finding]:
    for job in facts.workflow.jobs:
        if not facts.own_tasks(job) & {"measure", *_TOLD}:
            continue
        fetched = [step for step in job.steps if step.checks_out]
        if not fetched:
            what = f"`{job.name}` has no files: nothing is checked out"
            mend = "add `actions/checkout` with `fetch-depth: 0`"
            yield facts.finding("no-checkout", job.path, what, mend)
        elif not any(str(step.given.get("fetch-depth")) == "0" for step in fetched):
            what = f"`{job.name}` has one commit alone, and neither bases nor tags"
            yield facts.finding("shallow-checkout", fetched[0].path, what, "add `fetch-depth: 0`")


def _not_uploaded(facts: _WorkflowFacts) -> Iterator[Finding]:
    for job in facts.workflow.jobs:
        if "measure" not in facts.own_tasks(job):
            continue
        uploads = [step for step in job.steps if "upload-artifact@" in step.uses.lower()]
        if not any("outputs.directory" in text(step.given.get("path")) for step in uploads):
            what = f"what `{job.name}` measures is not uploaded, so nobody can judge it"
            mend = "upload `path: ${{ steps.ID.outputs.directory }}` after it"
            yield facts.finding("not-uploaded", job.path, what, mend)
        elif not any("always()" in str(step.data.get("if")) for step in uploads):
            what = "what was measured before a failure is not uploaded"
            mend, advice = "add `if: always() && …`", Severity.ADVICE
            yield facts.finding("not-uploaded", uploads[0].path, what, mend, advice)


def _untold_dispatch(facts: _WorkflowFacts) -> Iterator[Finding]:
    """Of a run that was dispatched, the delivery knows what its title says, and no more."""
    if "workflow_dispatch" not in facts.workflow.events or not facts.has("measure"):
        return
    said = mapping(mapping(facts.workflow.events["workflow_dispatch"]).get("inputs"))
    if lost := [name for name in _INPUTS if name not in said]:
        what = f"commands cannot start it: it has no input {', '.join(lost)}"
        mend = 'add it, with `type: string` and `default: ""`'
        yield facts.finding("undeclared-input", ("on", "workflow_dispatch"), what, mend)
    title = text(facts.workflow.data.get("run-name"))
    told = all(f"inputs.{each}" in title for each in _INPUTS)
    if "pull_request" in facts.workflow.events and not told:
        what = "nobody is told what a command measured: the title of the run does not say it"
        mend = "write `run-name` as `loadstone init` does"
        path: Path = ("run-name",) if title else ("on", "workflow_dispatch")
        yield facts.finding("untold-dispatch", path, what, mend)


def _dropped_news(facts: _WorkflowFacts) -> Iterator[Finding]:
    for job in facts.workflow.jobs:
        done = facts.own_tasks(job) & {*_TOLD}
        if not done:
            continue
        for root, said in (job.path, job.data), ((), facts.workflow.data):
            group, path = said.get("concurrency"), (*root, "concurrency")
            if mapping(group).get("cancel-in-progress") not in (None, False, "false"):
                what = f"`{job.name}` is cancelled while it says or keeps something"
                yield facts.finding("dropped-news", path, what, "add `cancel-in-progress: false`")
            elif group and "deliver" in done and "workflow_run.id" not in str(group):
                what = "news that wait are dropped for later ones of another run"
                mend = "group by `github.event.workflow_run.id`"
                yield facts.finding("dropped-news", path, what, mend, Severity.ADVICE)


def _deaf_to_pushes(facts: _WorkflowFacts) -> Iterator[Finding]:
    said = mapping(facts.workflow.events.get("pull_request"))
    if not facts.has("measure"):
        return
    types = _types(said) or _PUSHED
    if lost := [each for each in _PUSHED if each not in types]:
        what = f"a pull request is not measured when it is {' or '.join(lost)}"
        yield facts.finding("deaf-to-pushes", ("on", "pull_request"), what, "add it to `types`")
    for name in ("paths", "paths-ignore"):
        if name in said:
            what = "a required status waits for ever on what these leave out"
            mend = f"leave it to `{name.replace('-', '_')}` of the configuration, which passes it"
            yield facts.finding("filtered-paths", ("on", "pull_request", name), what, mend)


def _deaf_to_news(facts: _WorkflowFacts) -> Iterator[Finding]:
    if "workflow_run" not in facts.workflow.events or not facts.has("deliver"):
        return
    said, path = mapping(facts.workflow.events["workflow_run"]), ("on", "workflow_run")
    types = _types(said) or _NEWS
    for each in _NEWS:
        if each not in types:
            severity = Severity.MISSING if each == "completed" else Severity.ADVICE
            what = f"nothing is said of a measuring that is {each}"
            yield facts.finding("unheard-measuring", path, what, "add it to `types`", severity)
    for name in ("branches", "branches-ignore"):
        if name in said:
            what = "pull requests of other branches, as of forks, are not told anything"
            yield facts.finding("unheard-measuring", (*path, name), what, "take it out")


def _types(filters: Mapping[str, Any]) -> list[Any]:
    """The activities of an event that are listened to; none where nothing is said of them."""
    said = filters.get("types")
    return [said] if isinstance(said, str) else list(items(said))


_RULES: Sequence[Callable[[_WorkflowFacts], Iterator[Finding]]] = (
    _misspelt_event,
    _misspelt_input,
    _shallow_checkout,
    _not_uploaded,
    _untold_dispatch,
    _dropped_news,
    _deaf_to_pushes,
    _deaf_to_news,
)
