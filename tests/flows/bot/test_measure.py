"""The task `measure`: what the event asks for, and what is left to upload."""

import json
from contextlib import chdir
from dataclasses import replace

import pytest

from loadstone.action.inputs import ActionInputs
from loadstone.errors import UsageError
from loadstone.flows.bot.measure import DIRECTORY, measure
from tests.component.repositories import git
from tests.flows.bot.world import NUMBER, Project, made_up, pull_request, workflow_run

# An API server, a build and the pictures of a report for each session.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def project(tmp_path):
    return Project(root=tmp_path).create()


def said(project):
    return json.loads((project.place / DIRECTORY / "measured.json").read_text())


def test_a_change_is_measured_into_a_directory_of_its_component(project):
    result = project.change({"flags-planted": "slow\n"}).measure()
    assert result.code == 0
    assert result.outputs["directory"] == DIRECTORY
    assert result.outputs["artifact"] == "loadstone-880001-1"
    assert result.outputs["conclusion"] == "fail"
    assert "regression" in result.text
    assert "latency" in result.summary.lower()
    left = project.place / DIRECTORY / "component-1"
    assert {"session.json", "rounds.jsonl", "record.json"} <= {each.name for each in left.iterdir()}
    assert said(project)["number"] == NUMBER
    assert said(project)["base"] == project.base
    assert list(project.runner.iterdir()) == []
    assert git(project.place, "worktree", "list").count("\n") == 0


def test_the_same_program_on_both_sides_costs_nothing(project):
    result = project.change({"main.go": "package main\n"}).measure()
    assert "not measured: base and head are the same program" in result.text
    assert said(project)["components"]["component-1"]["skip"]["code"] == "same-program"
    assert not (project.place / DIRECTORY / "component-1").exists()


def test_a_branch_that_is_older_than_the_configuration_says_what_to_do(project):
    text = (project.place / "loadstone.yaml").read_text()
    (project.place / "loadstone.yaml").unlink()
    project.base = project.commit("before")
    with pytest.raises(UsageError, match="merge the default branch into it"):
        project.change({"loadstone.yaml": text}).measure()


@pytest.mark.parametrize(
    ("changes", "event", "code"),
    [
        ({"docs/a.md": "words\n"}, {}, "documentation-only"),
        ({"flags-planted": "slow\n"}, {"draft": True}, "draft"),
    ],
)
def test_what_asks_for_nothing_builds_nothing_and_says_why(project, changes, event, code):
    project.change(changes)
    project.measure(pull_request(project, **event))
    assert said(project)["components"]["component-1"]["skip"]["code"] == code
    assert not (project.root / "cache").exists()


def test_a_pull_request_is_measured_by_the_files_of_its_base(project):
    project.change({"loadstone.yaml": "component: [broken\n", "flags-planted": "slow\n"})
    assert project.measure().outputs["conclusion"] == "fail"


def test_a_head_that_does_not_build_is_said_and_the_step_fails(project):
    result = project.change({"build.sh": "echo no >&2; exit 1\n"}).measure()
    assert result.code == 3
    assert "failed" in result.text
    assert said(project)["components"]["component-1"]["failed"]
    assert result.outputs["directory"]


def test_what_is_interrupted_leaves_what_is_there(project):
    project.change({"flags-planted": "slow\n"})
    result = project.measure(stop_after=5)
    assert result.code == 130
    rounds = (project.place / DIRECTORY / "component-1" / "rounds.jsonl").read_text()
    assert rounds.count("\n") == 6
    assert result.outputs["directory"] == DIRECTORY


def test_an_event_that_is_none_of_ours_leaves_nothing(project):
    project.change({"flags-planted": "slow\n"})
    result = project.measure({"action": "assigned"}, name="pull_request")
    assert result.outputs == {}
    assert result.code == 0


class KilledError(BaseException):
    """Nothing of ours runs after it, as after a SIGKILL."""


def test_what_is_killed_has_told_what_to_upload_and_leaves_its_runs(project, on_github):
    project.change({"flags-planted": "slow\n"})
    told: list[dict[str, str]] = []
    event = pull_request(project)
    run = replace(project.context("pull_request", event), announce=told.append)

    def killed(*given, **how):
        try:
            made_up(stop_after=5)(*given, **how)
        except KeyboardInterrupt as error:
            raise KilledError from error

    with chdir(project.place), pytest.raises(KilledError):
        measure(ActionInputs(task="measure"), run, measuring=killed)
    assert told == [{"directory": DIRECTORY, "artifact": "loadstone-880001-1"}]
    rounds = (project.place / DIRECTORY / "component-1" / "rounds.jsonl").read_text()
    assert rounds.count("\n") == 6
    github = on_github(project).begin()
    github.measured(project.archive())
    github.deliver(workflow_run(project, conclusion="failure"))
    assert "the measuring was killed" in github.comment
    assert github.statuses == {"loadstone/planted": "error"}
