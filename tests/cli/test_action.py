"""`loadstone action`: what the runner gives is read, and what it is told arrives."""

import json

import pytest

from loadstone.action.inputs import TASKS
from loadstone.flows import init
from loadstone.flows.tasks import PERFORMED
from tests.action.harness.acting import ACTION, commit
from tests.action.runner_rules import obeyed
from tests.e2e.command import finish


@pytest.fixture
def workspace(tmp_path):
    """A repository that was set up."""
    root = tmp_path / "workspace"
    root.mkdir()
    commit(root)
    init.write(root, init.propose(root, action=ACTION), update=False)
    return root


def act(workspace, *arguments, **environment):
    files = {name: str(workspace.parent / name.lower()) for name in ("OUTPUT", "STEP_SUMMARY")}
    return finish(
        *("action", *arguments),
        cwd=workspace.parent,
        timeout=300.0,
        GITHUB_WORKSPACE=str(workspace),
        **{f"GITHUB_{name}": path for name, path in files.items()},
        **{
            "GITHUB_REPOSITORY": "acme/mine",
            "GITHUB_RUN_ID": "1",
            "GITHUB_EVENT_NAME": "pull_request",
            **environment,
        },
    )


def test_every_task_that_is_done_is_one_that_may_be_asked_for():
    assert set(PERFORMED) <= set(TASKS)


def test_a_task_is_done_in_the_workspace_and_its_summary_arrives(workspace):
    said = act(workspace, INPUT_TASK="plan", INPUT_CONFIG=".github/loadstone.yaml")
    assert said.code == 0, said.out
    assert "ingress-latency" in said.out
    assert "ingress-latency" in (workspace.parent / "step_summary").read_text()
    assert obeyed(said.out) == []


def test_an_error_is_told_as_one_annotation_with_its_next_step(workspace):
    said = act(workspace, INPUT_TASK="fly")
    (command,) = obeyed(said.out)
    assert said.code == 2
    assert command.name == "error"
    assert "there is no task `fly`" in command.data
    assert "next: correct the step's `with:`" in command.data


def test_words_of_a_stranger_in_an_error_are_data_of_it(workspace):
    (workspace / "evil.yaml").write_text('"::error::a%0A\\n::warning::b": 1\n')
    said = act(workspace, INPUT_TASK="plan", INPUT_CONFIG="evil.yaml")
    assert said.code == 2
    assert [command.name for command in obeyed(said.out)] == ["error"]
    assert said.err == ""


def test_as_json_it_shows_what_it_would_tell_and_tells_nothing(workspace):
    said = act(workspace, "--json", INPUT_TASK="plan", INPUT_CONFIG=".github/loadstone.yaml")
    assert json.loads(said.out)["code"] == 0
    assert not (workspace.parent / "step_summary").exists()
