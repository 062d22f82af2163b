from __future__ import annotations

import pytest

from loadstone.github.artifacts import artifacts_of, download
from loadstone.github.comments import CommentOutcome
from loadstone.github.perform import perform
from loadstone.github.permissions import permission
from loadstone.github.pulls import changed_files, locate, merge_base, read_pull
from loadstone.github.workflows import last_pushed, open_runs
from loadstone.model.bot import (
    CancelRun,
    Dispatch,
    React,
    Reaction,
    ReleaseAsset,
    ReleaseSection,
    Reply,
    SetStatus,
    StatusState,
    UpsertComment,
)
from tests.fakes.github.faults import Kind
from tests.fakes.github.state import Artifact, Comparison, Run
from tests.github.conftest import BASE, HEAD, NAME

MOST = 25  # requests for a whole delivery of a run with 40 cases


@pytest.fixture
def everything(world, tmp_path):
    """One of every effect, on things that are there."""
    world.repository.workflows.add("loadstone.yml")
    world.repository.runs[7] = Run(
        id=7, workflow="loadstone.yml", head_sha=HEAD, status="queued", conclusion=None
    )
    comment = world.fake.state.comment(NAME, 1, "maintainer", "/loadstone run")
    (tmp_path / "record.json").write_text("{}")
    return [
        React(comment=comment.id, content=Reaction.EYES),
        UpsertComment(number=1, key="k", body="the verdict", data={"run": "7"}),
        SetStatus(sha=HEAD, context="loadstone", state=StatusState.SUCCESS, description="fine"),
        Reply(number=1, body="started"),
        Dispatch(workflow="loadstone.yml", ref="main", inputs={"pull": "1"}),
        CancelRun(run=7),
        ReleaseSection(tag="v1", key="gate", body="fine"),
        ReleaseAsset(tag="v1", name="record.json", path=str(tmp_path / "record.json")),
    ]


def test_every_effect_is_done_in_order(world, client, everything):
    delivery = perform(client, everything, origin="7")
    assert (delivery.done, delivery.undelivered) == (8, [])
    assert [one.outcome for one in delivery.comments] == [CommentOutcome.CREATED]
    writes = [one for one in world.asked if not one.startswith("GET")]
    assert "reactions" in writes[0]
    assert writes[1].endswith("/issues/1/comments")
    assert "statuses" in writes[2]


def test_what_is_done_twice_is_there_once(world, client, everything):
    effects = [one for one in everything if not isinstance(one, Dispatch)]
    perform(client, effects, origin="7")
    perform(client, effects, origin="7", resent=True)
    assert len(world.comments) == 3
    (release,) = world.repository.releases.values()
    assert len(release.assets) == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500},
        {"status": 502, "after": True},
        {"kind": Kind.DROP},
        {"kind": Kind.DROP, "after": True},
        {"kind": Kind.SECONDARY},
        {"kind": Kind.SECONDARY, "status": 429, "wait": None},
    ],
)
@pytest.mark.parametrize("skip", range(14))
def test_a_fault_at_any_request_changes_nothing_of_what_is_there(
    world, client, everything, fault, skip
):
    world.fault(skip=skip, **fault)
    delivery = perform(client, everything, origin="7")
    assert delivery.undelivered == []
    assert len(world.comments) == 3
    assert len(world.repository.dispatches) == 1
    assert {one.state for one in world.repository.statuses} == {"success"}
    (release,) = world.repository.releases.values()
    assert (release.body.count("fine"), len(release.assets)) == (1, 1)


def test_an_effect_that_fails_does_not_keep_the_others_from_being_done(world, client, everything):
    world.repository.workflows.clear()
    delivery = perform(client, everything, origin="7")
    (left,) = delivery.undelivered
    assert isinstance(left.effect, Dispatch)
    assert "404" in left.reason
    assert delivery.done == 7


def test_a_lost_network_leaves_all_undelivered_at_once(world, everything):
    client = world.client(url="http://127.0.0.1:9")
    delivery = perform(client, everything, origin="7")
    assert [one.effect for one in delivery.undelivered] == everything
    assert len(world.waited) <= 10
    assert all("loadstone deliver" in one.next_step for one in delivery.undelivered)


def test_what_was_not_delivered_is_delivered_when_it_is_sent_again(world, client, everything):
    world.fault(times=1000, status=503)
    left = perform(client, everything, origin="7").undelivered
    assert len(left) == len(everything)
    world.fake.faults.clear()
    again = perform(client, [one.effect for one in left], origin="7", resent=True)
    assert again.undelivered == []
    assert len(world.comments) == 3


def test_a_whole_delivery_of_a_run_stays_below_the_requests_that_are_promised(
    world, everything, tmp_path
):
    """All that a run may need, reading and writing, with the comment near GitHub's limit."""
    client = world.client()
    world.repository.comparisons[BASE, HEAD] = Comparison(merge_base="c" * 40)
    world.repository.pulls[1].files = [f"{n}.go" for n in range(40)]
    world.repository.artifacts[3] = Artifact(id=3, run=7, name="loadstone", data=b"zip")
    world.fake.state.user("maintainer")

    pull = locate(client, sha=HEAD, repository=NAME, branch="change").pull()
    assert pull is not None
    merge_base(client, base=BASE, head=HEAD)
    changed_files(client, pull.number)
    permission(client, "maintainer")
    last_pushed(client, pull)
    open_runs(client, "loadstone.yml")
    (entry,) = artifacts_of(client, 7)
    download(client, entry, tmp_path / "a.zip", most=1000)
    body = "\n".join(f"| case {n} | {'x' * 1400} |" for n in range(40))
    running, verdict = (
        UpsertComment(number=1, key="k", body=body[:length], data={"run": "8"})
        for length in (500, len(body))
    )
    done = SetStatus(sha=HEAD, context="loadstone", state=StatusState.FAILURE, description="slow")
    effects = [one for one in everything if not isinstance(one, ReleaseSection | ReleaseAsset)]
    delivery = perform(client, [*effects, running, verdict, done], origin="8")
    read_pull(client, 1)

    assert delivery.undelivered == []
    assert len(body) > 55_000
    assert len(world.asked) == client.requests <= MOST
