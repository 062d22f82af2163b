"""Inputs and outputs of the action: the one place that says what they are.

`action.yml` and the page of documentation are held against these tables by a test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from loadstone.errors import InvalidFile, Problem

# What a step may be asked to do → what that is. Which of them run stands in `flows.tasks`.
TASKS: Mapping[str, str] = {
    "measure": "Measure what the event asks for and leave the runs for an artifact; may read only.",
    "deliver": "Judge the artifact of a measuring job, comment, and set the commit status.",
    "command": "Obey a slash command of a comment.",
    "store": "Keep what a push or a schedule measured as a baseline.",
    "gate": "Compare a release tag with the one before, and let it pass or not.",
    "doctor": "Check the machine and the repository's workflows.",
    "plan": "Show what would be measured and how long it takes.",
}
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_SHARD = re.compile(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, kw_only=True)
class InputField:
    """An input of the action, as `action.yml` has it."""

    name: str
    about: str
    default: str = ""
    required: bool = False
    setting: str = ""  # the key of the configuration file that it takes the place of


@dataclass(frozen=True, kw_only=True)
class OutputField:
    """An output of the action, as `action.yml` has it."""

    name: str
    about: str


INPUTS = (
    InputField(
        name="task",
        about=f"What to do: {', '.join(TASKS)}.",
        required=True,
    ),
    InputField(
        name="token",
        about="The token for GitHub's API; measuring needs none.",
        default="${{ github.token }}",
    ),
    InputField(
        name="config",
        about="The configuration file; else loadstone.yaml, or .github/loadstone.yaml.",
    ),
    InputField(
        name="component",
        about="Only this component of the configuration.",
        setting="component",
    ),
    InputField(name="tier", about="How much is run: quick, pr or release.", setting="tier"),
    InputField(name="budget", about="Minutes of measuring, at most.", setting="budget"),
    InputField(name="shard", about="Only this part of the cases, as 2/4: the second of four."),
    InputField(name="run_id", about="The workflow run whose artifact is read, instead of this."),
)
OUTPUTS = (
    OutputField(name="conclusion", about="pass, fail, invalid or unsure; empty: nothing judged."),
    OutputField(name="directory", about="What to upload, in the workspace; empty: nothing."),
    OutputField(name="artifact", about="The name to upload it under."),
    OutputField(name="minutes", about="The minutes that measuring took."),
)


@dataclass(frozen=True, kw_only=True)
class ActionInputs:
    """What the step's `with:` said, checked; "" where it said nothing."""

    task: str
    token: str = ""
    config: str = ""
    component: str = ""
    tier: str = ""
    budget: str = ""
    shard: tuple[int, int] | None = None
    run_id: int | None = None

    def __repr__(self) -> str:
        return f"ActionInputs(task={self.task!r})"  # a token must not get into a traceback


def read(environment: Mapping[str, str]) -> ActionInputs:
    """The inputs as the runner hands them over. Raises `InvalidFile` with all their problems."""
    said = {field.name: environment.get(_variable(field.name), "").strip() for field in INPUTS}
    if problems := list(_problems(said)):
        raise InvalidFile(problems, next_step="correct the step's `with:` in the workflow")
    shard = _SHARD.fullmatch(said.pop("shard"))
    run = said.pop("run_id")
    return ActionInputs(
        **said,
        shard=(int(shard[1]), int(shard[2])) if shard else None,
        run_id=int(run) if run else None,
    )


def _variable(name: str) -> str:
    return f"INPUT_{name.upper()}"


def _problems(said: Mapping[str, str]) -> Iterator[Problem]:
    task, shard, run = said["task"], _SHARD.fullmatch(said["shard"]), said["run_id"]
    if task not in TASKS:
        what = f"there is no task `{task}`" if task else "is missing"
        yield Problem(where="with.task", what=what, hint=f"one of {', '.join(TASKS)}")
    if said["shard"] and (shard is None or int(shard[1]) > int(shard[2])):
        yield Problem(
            where="with.shard", what=f"`{said['shard']}` is no part", hint="as 2/4: second of four"
        )
    if run and not _NUMBER.fullmatch(run):
        yield Problem(where="with.run_id", what=f"`{run}` is no number of a workflow run")
    for name, value in said.items():
        if _CONTROL.search(value):
            yield Problem(where=f"with.{name}", what="holds a control character")
