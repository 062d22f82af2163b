"""Tasks of the action: each as a function from what the step was given to what it leaves.

The table is the seam between the runner and the flows: a task knows neither the log nor the files
that the runner reads, and the edge knows no task.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import chdir
from dataclasses import fields
from pathlib import Path

from loadstone.action.inputs import ActionInputs
from loadstone.action.runner import RunnerContext
from loadstone.action.teardown import job_of, teardown
from loadstone.errors import UsageError
from loadstone.flows.request import Request
from loadstone.flows.sweep import sweep as sweep_machine
from loadstone.flows.task_result import TaskResult
from loadstone.formats.configuration import Config
from loadstone.report.common.escape import block

Task = Callable[[ActionInputs, RunnerContext], TaskResult]


def perform(inputs: ActionInputs, run: RunnerContext) -> TaskResult:
    """Do a task in the workspace. Raises `UsageError` for one that nobody has written."""
    task = PERFORMED.get(inputs.task)
    if task is None:
        raise UsageError(
            f"this version does not do the task `{inputs.task}`",
            next_step=f"one of {', '.join(PERFORMED)}",
        )
    with chdir(run.workspace):
        return task(inputs, run)


def clean_up(
    environment: Mapping[str, str], *, sweep: Callable[[], list[str]] = sweep_machine
) -> list[str]:
    """Remove what the job left, known by its environment alone, and name it.

    The directories of Loadstone's that are in the runner's temporary one are the job's, since a
    runner does one job at a time. `sweep` removes what is left on this machine, which in the action
    is the container of the teardown.
    """
    from loadstone.system import temporary

    job = job_of(environment)
    gone = teardown(job) if job else []
    below = temporary.sweep(Path(place)) if (place := environment.get("RUNNER_TEMP")) else []
    return [*gone, *(f"directory {path}" for path in below), *sweep()]


def _doctor(inputs: ActionInputs, _run: RunnerContext) -> TaskResult:
    from loadstone.flows import doctor, doctor_github, settings
    from loadstone.report.listings import checks as listing
    from loadstone.report.listings.repository_files import findings

    checks = doctor.checks(settings.read_config(inputs.config or None))
    found = doctor_github.findings(Path())
    good = all(check.good for check in checks if check.needed)
    safe = all(each.severity == "advice" for each in found)
    text = f"{listing.terminal(checks)}\n\n{findings(found)}"
    return TaskResult(text=text, code=0 if good and safe else 2, summary=f"{block(text)}\n")


def _plan(inputs: ActionInputs, _run: RunnerContext) -> TaskResult:
    from loadstone.flows import prepare, settings
    from loadstone.report.plan.console import terminal

    config = settings.read_config(inputs.config or None)
    job = prepare.sketch(_request(config, inputs))
    text = terminal(job.plan, job.notes)
    return TaskResult(text=text, summary=f"{block(text)}\n")


def _request(config: Config, inputs: ActionInputs) -> Request:
    """What the configuration asks for; the first parent of a merge that is checked out is base."""
    said = config.flags()
    asked = {"component": inputs.component, "tier": inputs.tier}
    said = {"base": "HEAD^1", "head": "HEAD"} | said | {k: v for k, v in asked.items() if v}
    missing = [name for name in ("scenarios", "component") if name not in said]
    if missing:
        raise UsageError(
            f"the configuration names no {' and no '.join(missing)}", next_step="loadstone init"
        )
    known = {each.name for each in fields(Request)} - {"goal", "looks", "budget"}
    return Request(
        **{name: value for name, value in said.items() if name in known},
        looks=config.looks or (),
        config=config,
        config_file=inputs.config,
    )


def _measure(inputs: ActionInputs, run: RunnerContext) -> TaskResult:
    from loadstone.flows.bot.measure import measure

    return measure(inputs, run)


def _deliver(inputs: ActionInputs, run: RunnerContext) -> TaskResult:
    from loadstone.flows.bot.deliver import deliver

    return deliver(inputs, run)


def _command(inputs: ActionInputs, run: RunnerContext) -> TaskResult:
    from loadstone.flows.bot.command_task import command

    return command(inputs, run)


def _store(inputs: ActionInputs, run: RunnerContext) -> TaskResult:
    from loadstone.flows.bot.store_task import store

    return store(inputs, run)


def _gate(inputs: ActionInputs, run: RunnerContext) -> TaskResult:
    from loadstone.flows.bot.gate_task import gate

    return gate(inputs, run)


# What this version does of `action.inputs.TASKS`.
PERFORMED: Mapping[str, Task] = {
    "measure": _measure,
    "deliver": _deliver,
    "command": _command,
    "store": _store,
    "gate": _gate,
    "doctor": _doctor,
    "plan": _plan,
}
