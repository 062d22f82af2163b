"""Workflows as far as their safety hangs on them: events, permissions, and the steps of jobs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loadstone.errors import InvalidFile
from loadstone.formats.yaml_text import Document, Path, read

_OURS = re.compile(r"[\w-]+/loadstone(/[\w./-]*)?@.+|docker://\S*/loadstone[@:].+", re.IGNORECASE)
_LOCAL = "./"


@dataclass(frozen=True, kw_only=True)
class WorkflowStep:
    """A step of a job, with where it stands."""

    data: Mapping[str, Any]
    path: Path

    @property
    def uses(self) -> str:
        """The action it uses, "" for a script."""
        return text(self.data.get("uses"))

    @property
    def given(self) -> Mapping[str, Any]:
        """What it hands to the action."""
        return mapping(self.data.get("with"))

    @property
    def checks_out(self) -> bool:
        """Whether it fetches a repository's files."""
        return self.uses.lower().startswith("actions/checkout@")

    def is_ours(self, own: bool) -> bool:
        """Whether it uses Loadstone. `own`: what is local is."""
        return bool(_OURS.fullmatch(self.uses)) or (own and self.uses.startswith(_LOCAL))

    def task(self, own: bool) -> str:
        """What it has Loadstone do, "" where it uses something else."""
        return text(self.given.get("task")) if self.is_ours(own) else ""


@dataclass(frozen=True, kw_only=True)
class WorkflowJob:
    """A job of a workflow, with where it stands."""

    name: str
    data: Mapping[str, Any]
    path: Path

    @property
    def uses(self) -> str:
        """The workflow it calls, "" for a job of steps."""
        return text(self.data.get("uses"))

    @property
    def steps(self) -> Iterator[WorkflowStep]:
        """Its steps, in order."""
        for index, step in enumerate(items(self.data.get("steps"))):
            yield WorkflowStep(data=mapping(step), path=(*self.path, "steps", index))


@dataclass(frozen=True, kw_only=True)
class Workflow:
    """A file of `.github/workflows`."""

    path: str
    document: Document

    @property
    def name(self) -> str:
        """What other workflows call it by."""
        return text(self.data.get("name")) or self.path

    @property
    def events(self) -> Mapping[str, Any]:
        """The events that start it, each with its filters."""
        said = self.data.get("on")
        if isinstance(said, str):
            return {said: None}
        return mapping(said) or {text(each): None for each in items(said)}

    @property
    def permissions(self) -> Any:
        """The permissions of jobs that say none; None where it says nothing itself."""
        return self.data.get("permissions")

    @property
    def env(self) -> Mapping[str, Any]:
        """The variables of all its jobs."""
        return mapping(self.data.get("env"))

    @property
    def jobs(self) -> Iterator[WorkflowJob]:
        """Its jobs, in order."""
        for name, job in mapping(self.data.get("jobs")).items():
            yield WorkflowJob(name=name, data=mapping(job), path=("jobs", name))

    def where(self, path: Path, *, key: bool = False) -> str:
        """`file:line:column` of what stands at a path."""
        return self.document.where(path, key=key)

    @property
    def data(self) -> Mapping[str, Any]:
        """All that it says."""
        return mapping(self.document.data)


def parse(path: str, content: str) -> Workflow | InvalidFile:
    """The workflow in a file, or what keeps it from being read."""
    try:
        return Workflow(path=path, document=read(content, path))
    except InvalidFile as error:
        return error


def called(job: WorkflowJob, workflows: Sequence[Workflow]) -> Workflow | None:
    """The workflow of this repository that a job calls."""
    name = job.uses.removeprefix(_LOCAL)
    return next((each for each in workflows if job.uses and each.path == name), None)


def tasks(job: WorkflowJob, workflows: Sequence[Workflow], *, own: bool) -> set[str]:
    """What a job has Loadstone do, itself or by a workflow that it calls."""
    inner = called(job, workflows)
    jobs = [job, *(inner.jobs if inner else ())]
    return {step.task(own) for each in jobs for step in each.steps} - {""}


def uses_loadstone(workflow: Workflow, workflows: Sequence[Workflow], *, own: bool) -> bool:
    """Whether any job of a workflow does, itself or by what it calls, whatever it asks for."""
    known = [each for job in workflow.jobs if (each := called(job, workflows)) is not None]
    jobs = [job for each in (workflow, *known) for job in each.jobs]
    return any(step.is_ours(own) for job in jobs for step in job.steps)


def writes(permissions: Any) -> list[str]:
    """What permissions allow to be written."""
    if permissions == "write-all":
        return ["everything"]
    return sorted(name for name, each in mapping(permissions).items() if each == "write")


def mapping(value: Any) -> Mapping[str, Any]:
    """A mapping, empty where there is something else."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> Sequence[Any]:
    """A list, empty where there is something else."""
    return value if isinstance(value, list) else []


def text(value: Any) -> str:
    """A text, "" where there is something else."""
    return value if isinstance(value, str) else ""
