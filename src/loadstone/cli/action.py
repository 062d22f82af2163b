"""`loadstone action`: a task of a GitHub workflow, as the container action runs it."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from loadstone.cli.output import emit, json_flag

if TYPE_CHECKING:
    from loadstone.action.log import StepLog
    from loadstone.flows.task_result import TaskResult


@click.command(name="action")
@click.option("--teardown", is_flag=True, help="Remove what the job left, and do no task.")
@json_flag
def command(*, teardown: bool, as_json: bool) -> int:
    """Do the task that a step's inputs name, in the environment that GitHub's runner gives.

    Of what is printed, the runner obeys only what is meant for it. With --json, what the task
    leaves is printed, and nothing of it told to a runner.
    """
    from loadstone.action import grace
    from loadstone.action.log import guarded

    if as_json:
        return _shown(teardown=teardown)
    with grace.granted(), guarded() as log:
        return _cleaned(log) if teardown else _told(log)


def _shown(*, teardown: bool) -> int:
    if teardown:
        emit({"removed": _removed()}, "", as_json=True)
        return 0
    result = _result()
    emit(result, "", as_json=True)
    return result.code


def _cleaned(log: StepLog) -> int:
    from loadstone.report.listings import files

    log.print(files.swept(_removed()))
    return 0


def _removed() -> list[str]:
    from loadstone.flows import tasks

    return tasks.clean_up(os.environ)


def _result(**told: Any) -> TaskResult:
    """Do the task; `told`: fields of the context by which a runner listens."""
    from loadstone.action import inputs, runner
    from loadstone.flows import tasks

    context = replace(runner.context(os.environ), **told)
    return tasks.perform(inputs.read(os.environ), context)


def _told(log: StepLog) -> int:
    """Do the task and tell the runner what it left; an error is told too, and goes on."""
    from loadstone.action import step_files, workflow_commands
    from loadstone.action.runner import files_of
    from loadstone.errors import LoadstoneError

    output, summary = files_of(os.environ)
    try:
        result = _result(announce=partial(step_files.add_outputs, output))
    except LoadstoneError as error:
        log.obeyed(workflow_commands.command("error", str(error), {"title": "Loadstone"}))
        raise
    for secret in result.secrets:
        log.mask(secret)
    log.print(result.text)
    log.annotate(result.annotations)
    step_files.add_outputs(output, result.outputs)
    if result.summary:
        step_files.add_summary(summary, result.summary)
    return result.code
