"""What the measuring job leaves of a push and of a tag is what is kept, and what is gated."""

from __future__ import annotations

from contextlib import chdir
from dataclasses import replace

import pytest

from loadstone.action.inputs import ActionInputs
from loadstone.flows.bot.gate_task import gate
from loadstone.flows.bot.store_task import store
from loadstone.store.table import open_store
from tests.component.repositories import git
from tests.fakes.github.state import Artifact, Run
from tests.flows.bot.world import NAME, RUN, Project
from tests.github import conftest
from tests.github.conftest import TOKEN

# An API server, builds and the pictures of a report for each session.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
world = conftest.world  # the fixture


@pytest.fixture
def project(tmp_path):
    made = Project(root=tmp_path).create()
    git(made.place, "tag", "v1.0")
    made.write("flags-planted", "slow\n")
    made.head = made.commit("slower")
    git(made.place, "tag", "v1.1")
    return made


def pushed(project, ref):
    return {
        "ref": ref,
        "before": project.base,
        "after": project.head,
        "repository": {"default_branch": "main"},
    }


def done(project, world, task, ref):
    """Measure a push, upload what is left, and do the task that follows."""
    payload = pushed(project, ref)
    assert project.measure(payload, name="push").code == 0
    repository = world.repository
    repository.runs[RUN] = Run(
        id=RUN, workflow="main.yml", head_sha=project.head, head_repository=NAME, event="push"
    )
    repository.artifacts[1] = Artifact(
        id=1, run=RUN, name=f"loadstone-{RUN}-1", data=project.archive()
    )
    run = replace(project.context("push", payload), ref=ref, sha=project.head)
    with chdir(project.place):
        return task(ActionInputs(task="store", token=TOKEN), run, connect=lambda _: world.client())


def test_a_push_to_main_is_kept_with_its_commit_and_machine(project, world):
    result = done(project, world, store, "refs/heads/main")
    (entry,) = open_store(f"directory:{project.root}/baselines").list()
    assert f"planted: kept as {entry.key}" in result.text
    assert entry.commit == project.head
    assert entry.environment != "unverified"


def test_a_tag_that_is_slower_than_the_one_before_is_stopped(project, world):
    result = done(project, world, gate, "refs/tags/v1.1")
    assert (result.code, result.outputs["conclusion"]) == (1, "fail")
    (status,) = world.repository.statuses
    assert (status.sha, status.state) == (project.head, "failure")
    (release,) = world.repository.releases.values()
    assert "v1.1 against v1.0" in release.body
