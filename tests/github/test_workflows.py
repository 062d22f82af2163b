from __future__ import annotations

import pytest

from loadstone.errors import GithubFailed
from loadstone.github.pulls import read_pull
from loadstone.github.workflows import cancel, dispatch, last_pushed, open_runs, read_run
from loadstone.model.bot import CancelRun, Dispatch
from tests.fakes.github.state import Run
from tests.github.conftest import HEAD

FILE = "loadstone.yml"
WANTED = Dispatch(workflow=FILE, ref="main", inputs={"pull": "1", "sha": HEAD})


@pytest.fixture(autouse=True)
def workflow(world):
    world.repository.workflows.add(FILE)


def run(world, number, **fields):
    made = Run(id=number, workflow=FILE, head_sha=HEAD, **fields)
    world.repository.runs[number] = made
    return made


def test_a_workflow_is_started_with_its_inputs(world, client):
    dispatch(client, WANTED)
    (found,) = world.repository.dispatches
    assert found == {"workflow": FILE, "ref": "main", "inputs": {"pull": "1", "sha": HEAD}}


def test_a_start_that_took_effect_though_it_failed_starts_one_run(world, client):
    world.fault(verb="POST", status=502, after=True)
    dispatch(client, WANTED)
    assert len(world.repository.dispatches) == 1


def test_a_start_that_failed_before_it_took_effect_is_sent_again(world, client):
    run(world, 7, event="workflow_dispatch", created="2020-01-01T00:00:00Z")
    world.fault(verb="POST", status=502)
    dispatch(client, WANTED)
    assert len(world.repository.dispatches) == 1


def test_a_workflow_that_there_is_not_is_said(client):
    with pytest.raises(GithubFailed, match=r"the start of other\.yml: GitHub answered 404"):
        dispatch(client, Dispatch(workflow="other.yml", ref="main", inputs={}))


def test_more_inputs_than_github_takes_are_not_sent(world, client):
    inputs = {str(n): "" for n in range(26)}
    with pytest.raises(GithubFailed, match="26 inputs"):
        dispatch(client, Dispatch(workflow=FILE, ref="main", inputs=inputs))
    assert world.asked == []


def test_a_run_is_cancelled(world, client):
    made = run(world, 7, status="in_progress", conclusion=None)
    cancel(client, CancelRun(run=7))
    assert made.conclusion == "cancelled"


def test_a_run_that_has_ended_needs_no_cancelling(world, client):
    run(world, 7)
    cancel(client, CancelRun(run=7))


@pytest.mark.parametrize("after", [False, True])
def test_a_cancelling_survives_a_failure_of_github(world, client, after):
    made = run(world, 7, status="in_progress", conclusion=None)
    world.fault(verb="POST", status=500, after=after)
    cancel(client, CancelRun(run=7))
    assert made.conclusion == "cancelled"


def test_the_line_is_what_has_not_ended(world, client):
    run(world, 5)
    for number, status in ((7, "in_progress"), (8, "queued"), (9, "queued"), (10, "waiting")):
        run(world, number, status=status, conclusion=None)
    assert [one.run for one in open_runs(client, FILE)] == [7, 8, 9, 10]


def test_a_dispatched_run_says_whose_it_is_in_its_title(world, client):
    title = "Loadstone #12 on ubuntu-24.04"
    run(world, 7, event="workflow_dispatch", title=title, status="queued", conclusion=None)
    (found,) = open_runs(client, FILE)
    assert (found.number, found.runner) == (12, "ubuntu-24.04")


def test_the_title_of_a_pull_request_says_nothing(world, client):
    run(world, 7, title="fixes #99 on gpu", pulls=[1], status="queued", conclusion=None)
    run(world, 8, title="fixes #99 on gpu", status="queued", conclusion=None)
    assert [(one.number, one.runner) for one in open_runs(client, FILE)] == [(1, ""), (0, "")]


def test_a_run_is_read_with_what_decides(world, client):
    run(world, 7, attempt=2, head_repository="stranger/widget")
    found = read_run(client, 7)
    assert (found.attempt, found.head_sha, found.head_repository) == (2, HEAD, "stranger/widget")


def test_when_a_head_came_last_is_githubs_own_stamp(world, client):
    pull = read_pull(client, 1)
    assert last_pushed(client, pull) == ""
    run(world, 7, created="2026-01-01T00:00:00Z", head_branch=pull.head_ref)
    run(world, 8, created="2026-02-02T00:00:00Z", head_branch=pull.head_ref)
    assert last_pushed(client, pull) == "2026-02-02T00:00:00Z"


def test_a_head_that_came_back_without_a_run_came_nobody_knows_when(world, client):
    pull = read_pull(client, 1)
    run(world, 7, created="2026-01-01T00:00:00Z", head_branch=pull.head_ref)
    other = run(world, 8, created="2026-02-02T00:00:00Z", head_branch=pull.head_ref)
    other.head_sha = "e" * 40
    assert last_pushed(client, pull) == ""
    other.event = "push"
    assert last_pushed(client, pull) == "2026-01-01T00:00:00Z"


@pytest.mark.parametrize("elsewhere", [{"head_branch": "other"}, {"head_repository": "eve/widget"}])
def test_where_else_a_commit_was_does_not_say_when_it_came(world, client, elsewhere):
    pull = read_pull(client, 1)
    run(world, 7, created="2026-01-01T00:00:00Z", **{"head_branch": pull.head_ref, **elsewhere})
    assert last_pushed(client, pull) == ""
