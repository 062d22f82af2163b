"""Rights: what the jobs of the bot need, and are not given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from loadstone.scaffold.finding import Finding, Severity
from loadstone.scaffold.workflow import Workflow, WorkflowJob, called, mapping

_LEVELS = ("none", "read", "write")
# Task → what it needs, where GitHub gives a job nothing that is not said. What the baselines are
# kept in decides on contents: see `_needed`.
_NEEDED: Mapping[str, Mapping[str, str]] = {
    "measure": {"contents": "read"},
    "deliver": {"actions": "read", "pull-requests": "write", "statuses": "write"},
    "command": {"actions": "write", "pull-requests": "write", "statuses": "write"},
    "store": {"actions": "read"},
    "gate": {"actions": "read", "contents": "write", "statuses": "write"},
}


def lacking(
    workflow: Workflow, workflows: Sequence[Workflow], *, own: bool, on_branch: bool
) -> Iterator[Finding]:
    """Rights that a job of ours lacks, or that it does not hand on to the workflow that it calls.

    `on_branch`: baselines, minutes and accepted changes are kept on a branch.
    """
    for job in workflow.jobs:
        given = job.data.get("permissions", workflow.permissions)
        if given is None:
            continue  # what those get stands in the settings of the repository
        needed = _needed(job, own=own, on_branch=on_branch)
        inner = called(job, workflows)
        for name, level in {**needed, **(_asked(inner) if inner else {})}.items():
            if not _has(given, name, level):
                yield Finding(
                    code="missing-permission",
                    severity=Severity.MISSING,
                    where=_where(workflow, job),
                    what=_why(job, name, level, inner if name not in needed else None),
                    mend=f"add `{name}: {level}`",
                )


def _needed(job: WorkflowJob, *, own: bool, on_branch: bool) -> dict[str, str]:
    needed: dict[str, str] = {}
    for task in {step.task(own) for step in job.steps} & _NEEDED.keys():
        contents = {} if task == "measure" else {"contents": "write" if on_branch else "read"}
        for name, level in {**contents, **_NEEDED[task]}.items():
            needed[name] = max(level, needed.get(name, "none"), key=_LEVELS.index)
    return needed


def _asked(workflow: Workflow) -> dict[str, str]:
    """What the jobs of a called workflow ask for: GitHub starts none whose caller has less."""
    asked: dict[str, str] = {}
    for job in workflow.jobs:
        said = mapping(job.data.get("permissions", workflow.permissions))
        for name, level in said.items():
            if level in _LEVELS:
                asked[name] = max(level, asked.get(name, "none"), key=_LEVELS.index)
    return asked


def _has(given: Any, name: str, level: str) -> bool:
    """Whether permissions give a right; of one that comments either of two will do."""
    if given in ("read-all", "write-all"):
        return _LEVELS.index(level) <= _LEVELS.index(str(given).removesuffix("-all"))
    names = (name, "issues") if name == "pull-requests" else (name,)
    has = [mapping(given).get(each) for each in names]
    return any(each in _LEVELS and _LEVELS.index(each) >= _LEVELS.index(level) for each in has)


def _where(workflow: Workflow, job: WorkflowJob) -> str:
    if "permissions" in job.data:
        return workflow.where((*job.path, "permissions"), key=True)
    return workflow.where(job.path, key=True)


def _why(job: WorkflowJob, name: str, level: str, inner: Workflow | None) -> str:
    if inner is not None:
        return f"`{job.name}` may not {level} {name}, as {inner.path} has to: GitHub starts neither"
    return f"`{job.name}` may not {level} {name}, which its task needs"
