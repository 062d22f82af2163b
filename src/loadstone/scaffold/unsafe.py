"""Rules of safety: what a workflow that uses Loadstone must not do, since strangers can start it.

A stranger's code runs where a pull request is measured, so nothing may be within its reach there;
and where there are rights, nothing of a stranger's may be run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from loadstone.formats.yaml_text import Path
from loadstone.scaffold.finding import Finding, Severity
from loadstone.scaffold.workflow import (
    Workflow,
    WorkflowJob,
    WorkflowStep,
    items,
    mapping,
    tasks,
    text,
    writes,
)
from loadstone.scaffold.workflow_expressions import has_any, has_foreign, has_secret

# Events that strangers start and that run with rights.
PRIVILEGED = (
    *("pull_request_target", "workflow_run", "issue_comment", "issues"),
    *("discussion", "discussion_comment"),
)
_PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}|\./.*|\.|docker://\S+@sha256:[0-9a-f]{64}")
_HEAD = re.compile(r"refs/pull/")
_FETCHED = re.compile(
    r"\bgh\s+pr\s+(checkout|diff)\b|\bpull/\S+/(head|merge)\b"
    r"|\bgit\b[^\n|;&]*\s(checkout|switch|pull|merge|worktree|clone)\b"
)


@dataclass(frozen=True, kw_only=True)
class _Inspection:
    """A workflow that uses Loadstone, the others, and whether `./` is Loadstone itself."""

    workflow: Workflow
    others: Sequence[Workflow]
    own: bool

    def measures(self, job: WorkflowJob) -> bool:
        return "measure" in tasks(job, self.others, own=self.own)

    def foreign(self, job: WorkflowJob) -> bool:
        """Whether strangers' code runs in a job."""
        return self.measures(job) or "pull_request" in self.workflow.events

    def finding(self, code: str, path: Path, what: str, mend: str, *, key: bool = False) -> Finding:
        return Finding(
            code=code,
            severity=Severity.UNSAFE,
            where=self.workflow.where(path, key=key),
            what=what,
            mend=mend,
        )


def unsafe(workflow: Workflow, others: Sequence[Workflow], *, own: bool) -> Iterator[Finding]:
    """What is unsafe in a workflow that uses Loadstone; `others` are all of the repository's."""
    seen = _Inspection(workflow=workflow, others=others, own=own)
    for rule in _RULES:
        yield from rule(seen)


def _permissions_by_default(seen: _Inspection) -> Iterator[Finding]:
    if seen.workflow.permissions != {}:
        what = "jobs that say nothing get permissions"
        mend = "write `permissions: {}` on top, and each job's own"
        yield seen.finding("permissions-by-default", ("permissions",), what, mend)


def _unpinned_action(seen: _Inspection) -> Iterator[Finding]:
    for job in seen.workflow.jobs:
        places = [(job.uses, (*job.path, "uses"))]
        places += [(step.uses, (*step.path, "uses")) for step in job.steps]
        for uses, path in places:
            if uses and not _PINNED.fullmatch(uses):
                what = f"`{uses}` can be another program tomorrow"
                mend = "name the full commit, and the version in a comment"
                yield seen.finding("unpinned-action", path, what, mend)


def _write_with_foreign_code(seen: _Inspection) -> Iterator[Finding]:
    for job in filter(seen.foreign, seen.workflow.jobs):
        said = job.data.get("permissions", seen.workflow.permissions)
        if given := writes(said):
            what = f"a job that runs code of pull requests may write {', '.join(given)}"
            path = (*job.path, "permissions") if "permissions" in job.data else ("permissions",)
            mend = "give it `contents: read` alone; another workflow says what was found"
            yield seen.finding("write-with-foreign-code", path, what, mend)


def _secrets_with_foreign_code(seen: _Inspection) -> Iterator[Finding]:
    jobs = list(filter(seen.foreign, seen.workflow.jobs))
    given = [(job.path, dict(job.data)) for job in jobs]
    if jobs:
        given.append((("env",), dict(seen.workflow.env)))
    for root, data in given:
        for path, value in _texts(data, root):
            inherits = path == (*root, "secrets") and value == "inherit"
            if inherits or has_secret(value):
                what = "a job that runs code of pull requests is given secrets"
                mend = "take them out; the measuring needs none"
                yield seen.finding("secrets-with-foreign-code", path, what, mend)


def _token_with_foreign_code(seen: _Inspection) -> Iterator[Finding]:
    for job in seen.workflow.jobs:
        for step in job.steps:
            if step.task(seen.own) == "measure" and step.given.get("token") != "":
                said = "token" in step.given
                path = (*step.path, "with", "token") if said else step.path
                what = "the job's token is within reach of code of pull requests"
                mend = 'add `token: ""`; the measuring needs none'
                yield seen.finding("token-with-foreign-code", path, what, mend)


def _foreign_code_with_rights(seen: _Inspection) -> Iterator[Finding]:
    events = [name for name in PRIVILEGED if name in seen.workflow.events]
    for job in seen.workflow.jobs if events else ():
        if seen.measures(job):
            what = f"`{events[0]}` runs with rights, and pull requests are measured in it"
            mend = "measure on `pull_request`, deliver on `workflow_run`"
            yield seen.finding("foreign-code-with-rights", job.path, what, mend, key=True)
        for step in job.steps:
            if path := _fetches(step):
                what = f"`{events[0]}` runs with rights, and code of a pull request is checked out"
                mend = "leave `ref` out: the default branch is checked out then"
                yield seen.finding("foreign-code-with-rights", path, what, mend)


def _fetches(step: WorkflowStep) -> Path:
    """Where a step fetches what a stranger may have chosen; () where it does not."""
    if step.checks_out:
        for name in ("ref", "repository"):
            said = text(step.given.get(name))
            if has_any(said) or _HEAD.search(said):
                return (*step.path, "with", name)
    return (*step.path, "run") if _FETCHED.search(text(step.data.get("run"))) else ()


def _persisted_credentials(seen: _Inspection) -> Iterator[Finding]:
    for job in filter(seen.foreign, seen.workflow.jobs):
        for step in job.steps:
            kept = text(step.given.get("persist-credentials")).lower() != "false"
            if step.checks_out and kept and step.given.get("persist-credentials") is not False:
                what = "the token is left in .git, where code of pull requests can read it"
                mend = "add `persist-credentials: false`"
                yield seen.finding("persisted-credentials", step.path, what, mend)


def _script_injection(seen: _Inspection) -> Iterator[Finding]:
    for job in seen.workflow.jobs:
        for step in job.steps:
            variables = _foreign_variables(seen.workflow.env, job.data, step.data)
            for path, script in (("run",), step.data), (("with", "script"), step.given):
                if has_foreign(text(script.get(path[-1])), variables):
                    what = "words of strangers are put into a script, which runs them"
                    mend = "hand them over by `env:`, and quote the variable"
                    yield seen.finding("script-injection", (*step.path, *path), what, mend)


def _foreign_variables(workflow: Any, job: Any, step: Any) -> frozenset[str]:
    """The variables that hold words of strangers, where a step sees them."""
    said = {**workflow, **mapping(job.get("env")), **mapping(step.get("env"))}
    return frozenset(name.lower() for name, value in said.items() if has_foreign(text(value)))


def _edited_comments(seen: _Inspection) -> Iterator[Finding]:
    if "issue_comment" in seen.workflow.events:
        types = mapping(seen.workflow.events["issue_comment"]).get("types")
        if items(types) != ["created"] and types != "created":
            what = "comments that are edited or deleted start it as well"
            path = ("on", "issue_comment")
            yield seen.finding("edited-comments", path, what, "add `types: [created]`")


_RULES: Sequence[Callable[[_Inspection], Iterator[Finding]]] = (
    _permissions_by_default,
    _unpinned_action,
    _write_with_foreign_code,
    _secrets_with_foreign_code,
    _token_with_foreign_code,
    _foreign_code_with_rights,
    _persisted_credentials,
    _script_injection,
    _edited_comments,
)


def _texts(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _texts(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _texts(each, (*path, index))
