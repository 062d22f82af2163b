"""Titles of dispatched runs: read where they are ours, and nowhere else."""

from dataclasses import replace

import pytest

from loadstone.bot.dispatch_title import dispatched
from loadstone.github.workflows import TITLE
from loadstone.model.bot import WorkflowRunEvent
from tests.bot.made import HEAD

RUN = WorkflowRunEvent(
    run=1,
    attempt=1,
    name="Loadstone",
    event="workflow_dispatch",
    conclusion="success",
    head_sha="b" * 40,
    head_branch="main",
    head_repository="acme/proxy",
    title=f"/loadstone run rounds=6 {HEAD} #17 on ubuntu-24.04",
)


def test_the_title_tells_command_commit_and_pull_request():
    found = dispatched(RUN)
    assert found is not None
    assert found.inputs == {"command": "/loadstone run rounds=6", "head": HEAD, "number": "17"}


def test_the_queue_reads_number_and_runner_from_the_same_title():
    said = TITLE.search(RUN.title)
    assert said is not None
    assert (said["number"], said["runner"]) == ("17", "ubuntu-24.04")


@pytest.mark.parametrize(
    "change",
    [
        {"event": "pull_request"},  # the words of whoever opened it
        {"title": "Loadstone"},
        {"title": f"/loadstone run {HEAD[:12]} #17"},
        {"title": f"/loadstone run {HEAD} #0"},
        {"title": f"rm -rf / {HEAD} #17"},
    ],
)
def test_any_other_title_tells_nothing(change):
    assert dispatched(replace(RUN, **change)) is None
