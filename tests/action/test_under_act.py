"""The action under act, in its own image: events, outputs, summary, and the teardown afterwards."""

import re
from pathlib import Path

import pytest

from loadstone.flows import init
from tests.action.harness.acting import ACTION, commit

pytestmark = [pytest.mark.action, pytest.mark.timeout(1800)]

# A workflow of a step that does a task, and one that shows what the first left.
STEPS = """
name: Tried
on:
  pull_request:
  workflow_run: {{workflows: [Loadstone], types: [completed]}}
  issue_comment: {{types: [created]}}
  release: {{types: [published]}}
  push:
permissions: {{}}
jobs:
  try:
    runs-on: ubuntu-24.04
    permissions: {{contents: read}}
    steps:
      - id: loadstone
        uses: {action}
        with: {{task: {task}}}
      - if: always()
        run: echo "outcome=$OUTCOME"
        env: {{OUTCOME: "${{{{ steps.loadstone.outcome }}}}"}}
"""


def set_up(acting):
    """What `loadstone init` writes, committed."""
    root = acting.repository
    init.write(root, init.propose(root, action=ACTION), update=False)
    commit(root)


def try_task(acting, task):
    workflows = acting.repository / ".github" / "workflows"
    workflows.mkdir(parents=True, exist_ok=True)
    (workflows / "tried.yml").write_text(STEPS.format(action=ACTION, task=task))
    commit(acting.repository)


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("pull_request", "pull_request"),
        ("workflow_run", "workflow_run"),
        ("issue_comment", "issue_comment"),
        ("release", "release"),
        ("push", "push_tag"),
    ],
)
def test_each_event_reaches_the_task_and_what_it_leaves_reaches_the_runner(acting, event, payload):
    set_up(acting)
    try_task(acting, "doctor")
    ran = acting.happens(event, payload, "tried.yml")
    assert ran.code == 0, ran.everything
    assert "take the word FINISH away" in ran.log, "guesses of init are all that is left to do"
    assert "outcome=success" in ran.log
    (summary,) = [line["msg"] for line in ran.lines if "Summary - " in str(line.get("msg"))]
    assert "provider memory" in summary


def test_the_plan_of_a_repository_that_was_just_set_up_can_be_shown(acting):
    set_up(acting)
    try_task(acting, "plan, config: .github/loadstone.yaml")
    ran = acting.happens("pull_request", "pull_request", "tried.yml")
    assert ran.code == 0, ran.everything
    assert "ingress-latency" in ran.log


def test_a_task_that_fails_fails_the_step_and_the_teardown_still_runs(acting):
    try_task(acting, "doctor")  # in a repository without any of its files
    ran = acting.happens("pull_request", "pull_request", "tried.yml")
    assert ran.code == 1, ran.everything
    assert "outcome=failure" in ran.log
    assert "nothing was left behind" in ran.log


def test_wrong_inputs_are_said_as_an_annotation_all_at_once(acting):
    try_task(acting, "nothing, shard: 9")
    ran = acting.happens("pull_request", "pull_request", "tried.yml")
    assert ran.code == 1, ran.everything
    assert ran.said("there is no task `nothing`")
    assert ran.said("`9` is no part")


def test_no_word_of_a_stranger_in_the_repository_is_obeyed(acting):
    set_up(acting)
    evil = "::set-output name=conclusion::pass%0A::error::obeyed"
    (acting.repository / ".github" / "loadstone.yaml").write_text(f'component: x\n"{evil}": 1\n')
    try_task(acting, "plan, config: .github/loadstone.yaml")
    ran = acting.happens("pull_request", "pull_request", "tried.yml")
    assert ran.code == 1, ran.everything
    assert ran.said("unknown key")
    assert told(ran) == ["error"], "our own, whose data the stranger's words are"


def told(ran):
    """The commands that act carried out, without those that stop it and let it listen again."""
    names = [line["command"] for line in ran.lines if "command" in line]
    return [name for name in names if not re.fullmatch(r"stop-commands|[0-9a-f]{48}", name)]


def test_a_comment_that_is_no_command_starts_nothing(acting):
    import json

    from tests.action.harness.acting import PAYLOADS

    set_up(acting)
    payload = json.loads((PAYLOADS / "issue_comment.json").read_text())
    payload["comment"]["body"] = "what does `/loadstone rerun` do?"
    ran = acting.happens("issue_comment", payload, "loadstone-commands.yml")
    assert ran.code == 0, ran.everything
    assert ran.log == ""


def test_the_image_is_built_from_this_checkout_and_has_what_it_runs(docker, image):
    for program, arguments in (
        ("kind", ["version"]),
        ("kubectl", ["version", "--client"]),
        ("docker", ["--version"]),
        ("go", ["version"]),
        ("k6", ["version"]),
        ("git", ["--version"]),
        ("loadstone", ["--version"]),
    ):
        assert docker("run", "--rm", "--entrypoint", program, image, *arguments)


def test_a_module_in_the_workspace_is_never_imported(docker, image, tmp_path: Path):
    for name in ("click.py", "loadstone.py", "uvloop.py"):
        (tmp_path / name).write_text("raise SystemExit('a stranger was imported')\n")
    mount = ("--volume", f"{tmp_path}:/github/workspace", "--workdir", "/github/workspace")
    said = docker.run("run", "--rm", *mount, "--env", "INPUT_TASK=", image)
    assert said.returncode == 2
    assert "stranger" not in said.stdout + said.stderr
    child = ("--entrypoint", "python", image, "-m", "loadstone.apiserver", "--help")
    assert "in-memory" in docker("run", "--rm", *mount, *child)
