"""Origins of baselines: what the repository's own code has measured, and nothing else."""

import pytest

from loadstone.bot.trusted_origin import of_dispatch, of_event, of_run
from loadstone.model.bot import DispatchEvent, WorkflowRunEvent

MAIN = "refs/heads/main"


@pytest.mark.parametrize(
    ("name", "ref"),
    [
        ("push", MAIN),
        ("push", "refs/heads/release-1.2"),
        ("push", "refs/tags/v1"),
        ("release", "refs/tags/v1"),
        ("schedule", MAIN),
        ("workflow_dispatch", MAIN),
    ],
)
def test_what_those_with_rights_or_the_clock_have_started_is_one(name, ref):
    assert of_event(name, ref, branch="main") == ""


@pytest.mark.parametrize(
    ("name", "ref"),
    [
        ("pull_request", MAIN),
        ("pull_request_target", MAIN),
        ("workflow_run", MAIN),
        ("issue_comment", MAIN),
        ("merge_group", "refs/heads/gh-readonly-queue/main/pr-1"),
        ("push", "refs/pull/1/merge"),
        ("workflow_dispatch", "refs/heads/topic"),
        ("workflow_dispatch", "refs/tags/v1"),
        ("schedule", ""),
        ("", MAIN),
    ],
)
def test_everything_else_is_none_and_it_is_said_why(name, ref):
    assert of_event(name, ref, branch="main")


def run(**changes):
    made = {
        "run": 7,
        "attempt": 1,
        "name": "Loadstone baselines",
        "event": "push",
        "conclusion": "success",
        "head_sha": "a" * 40,
        "head_branch": "main",
        "head_repository": "acme/proxy",
    }
    return WorkflowRunEvent(**{**made, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {"event": "pull_request"},
        {"event": "workflow_run"},
        {"head_repository": "mallory/proxy"},
        {"head_repository": ""},
        {"event": "workflow_dispatch", "head_branch": "topic"},
        {"event": "workflow_dispatch", "title": f"/loadstone run {'a' * 40} #7"},
    ],
)
def test_a_run_of_somebody_else_is_none(changes):
    assert of_run(run(), "acme/Proxy", branch="main") == ""
    assert of_run(run(**changes), "acme/proxy", branch="main").startswith("run 7 ")


@pytest.mark.parametrize("command", ["", "/loadstone run", "/loadstone rerun", "baseline"])
def test_a_dispatch_that_measures_a_pull_request_is_none(command):
    assert of_dispatch(DispatchEvent(inputs={"command": "/loadstone baseline"}, ref="x")) == ""
    assert of_dispatch(DispatchEvent(inputs={"command": command}, ref="x"))
