"""The check of a repository's files for GitHub: read back, and what is missing or unsafe."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from loadstone.action.inputs import INPUTS, TASKS
from loadstone.errors import InvalidFile, UsageError
from loadstone.flows import init, repository, settings
from loadstone.formats.configuration import Config
from loadstone.scaffold.broken import ActionWords
from loadstone.scaffold.check import check
from loadstone.scaffold.drafts import WORKFLOWS
from loadstone.scaffold.finding import Finding, Severity
from loadstone.scaffold.proposal import FileState

GUESS = "# FINISH"  # behind a line of a component that `loadstone init` has guessed


def findings(root: Path) -> list[Finding]:
    """Findings in a repository's files. Raises `UsageError` where `root` is no directory."""
    repository.require(root)
    there = repository.configuration(root)
    config, found = _configuration(root, there)
    files = repository.workflow_files(root)
    own = repository.is_loadstone(root)
    words = ActionWords(tasks=TASKS, inputs=[each.name for each in INPUTS])
    on_branch = config is None or config.baselines.startswith("git:")
    checked = check(files, words, configuration=there, own=own, on_branch=on_branch)
    return [*checked, *found, *_commanded(config, there, files), *_outdated(root)]


def _configuration(root: Path, name: str) -> tuple[Config | None, list[Finding]]:
    """The configuration, and what is wrong in it and in the files of its components.

    It would else be said on the first pull request.
    """
    if not name:
        return None, []
    try:
        config = settings.read_config(root / name)
    except InvalidFile as error:
        return None, _problems("wrong-configuration", error)
    files = [each.name for each in config.measured() if (root / each.name).is_file()]
    return config, [finding for each in files for finding in _component(root, each)]


def _commanded(config: Config | None, name: str, files: Collection[str]) -> Iterator[Finding]:
    """The workflows that commands start, where there are none of that name."""
    if config is None or not files:
        return
    said = config.commands
    for key, file in ("workflow", said.workflow), ("baseline_workflow", said.baseline_workflow):
        if f"{WORKFLOWS}/{file}" not in files:
            yield Finding(
                code="no-commanded-workflow",
                severity=Severity.ADVICE,
                where=name,
                what=f"commands start {file}, which is not there",
                mend=f"name the file that there is in `commands.{key}`, or `loadstone init`",
            )


def _outdated(root: Path) -> Iterator[Finding]:
    """Files as an older version wrote them, which nobody has changed since."""
    try:
        proposed = init.propose(root)
    except UsageError:  # nothing says which action is meant, so nothing was written by us
        return
    for each in proposed:
        if each.state is FileState.OUTDATED:
            yield Finding(
                code="outdated-draft",
                severity=Severity.ADVICE,
                where=each.path,
                what="this version would write it otherwise",
                mend="loadstone init shows how, loadstone init --update writes it",
            )


def _component(root: Path, name: str) -> list[Finding]:
    from loadstone.plan.components import parse_component

    text = repository.read(root / name)
    try:
        parse_component(text, name)
    except InvalidFile as error:
        return _problems("wrong-component", error)
    guesses = [str(at) for at, line in enumerate(text.splitlines(), start=1) if GUESS in line]
    return [_unfinished(name, guesses)] if guesses else []


def _unfinished(name: str, lines: Sequence[str]) -> Finding:
    return Finding(
        code="unfinished-component",
        severity=Severity.ADVICE,
        where=f"{name}:{lines[0]}",
        what=f"lines {', '.join(lines)} are still guesses of `loadstone init`",
        mend="look at each, try `loadstone run`, and take the word FINISH away",
    )


def _problems(code: str, error: InvalidFile) -> list[Finding]:
    return [
        Finding(
            code=code,
            severity=Severity.MISSING,
            where=problem.where,
            what=problem.what,
            mend=problem.hint or error.next_step,
        )
        for problem in error.problems
    ]
