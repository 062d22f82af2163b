"""Effects of a command: who is obeyed, which commit is meant, and what is answered."""

from dataclasses import replace

import pytest

from loadstone.bot import commands
from loadstone.bot.command_effects import NOTHING, decide
from loadstone.bot.grammar import Verb
from loadstone.model.bot import (
    AcceptChange,
    CancelledState,
    CancelRun,
    Dispatch,
    KnownRow,
    Permission,
    QueuedState,
    React,
    Reaction,
    Reply,
    WorkflowRun,
)
from tests.bot.made import HEAD, SEVERAL, command_facts, comment, config, pull

ROWS = [
    KnownRow(component="proxy", case="a/x=1", metric="latency_p99", worse=True, size=0.08),
    KnownRow(component="proxy", case="a/x=2", metric="latency_p99", worse=True, size=0.12),
    KnownRow(component="proxy", case="a/x=2", metric="cpu", worse=False, size=0.01),
    KnownRow(component="proxy", case="a/x=1", metric="rss", worse=True, beyond=0.3),
]


def effects(body, *, text=None, event=None, **facts):
    return decide(
        comment(body, **(event or {})), config(text) if text else config(), command_facts(**facts)
    )


def refused(result):
    """The words of a refusal, which is a reaction and a reply and nothing else."""
    react, reply = result.effects
    assert isinstance(react, React)
    assert react.content is Reaction.CONFUSED
    assert isinstance(reply, Reply)
    assert result.command is None
    assert result.state is None
    return reply.body


def test_a_run_is_acknowledged_dispatched_and_shown_in_the_queue():
    result = effects("/loadstone run ingress tier=quick")
    react, dispatch, rocket = result.effects
    assert rocket == React(comment=70001, content=Reaction.ROCKET)
    assert react == React(comment=70001, content=Reaction.EYES)
    assert dispatch == Dispatch(
        workflow="loadstone.yml",
        ref="main",
        inputs={
            "command": "/loadstone run tier=quick ingress",
            "number": "17",
            "head": HEAD,
        },
    )
    assert result.state == QueuedState(sha=HEAD, runner="ubuntu-latest", ahead=0)
    assert result.sha == HEAD


def test_the_place_in_the_queue_counts_the_runs_of_that_runner():
    runs = [
        WorkflowRun(run=1, status="in_progress", runner="ubuntu-latest"),
        WorkflowRun(run=2, status="queued", runner="arm"),
        WorkflowRun(run=3, status="queued"),
    ]
    assert effects("/loadstone rerun", runs=runs).state.ahead == 2


@pytest.mark.parametrize("body", ["looks good", "> /loadstone run", "/loadstoned"])
def test_a_comment_without_a_command_has_no_effect(body):
    assert effects(body) == NOTHING


@pytest.mark.parametrize("event", [{"bot": True}, {"on_pull_request": False}])
def test_bots_and_issues_have_no_effect(event):
    assert effects("/loadstone run", event=event) == NOTHING


@pytest.mark.parametrize("permission", [None, Permission(user="x", level="read", role="read")])
def test_a_stranger_is_refused_and_told_why_whatever_is_said(permission):
    for body in ("/loadstone run", "/loadstone nonsense", "/loadstone accept * m all is fine"):
        said = refused(effects(body, permission=permission))
        assert "admin, maintain, write" in said


def test_help_is_for_everybody():
    result = effects("/loadstone help", permission=None)
    assert "| `/loadstone cancel` |" in result.effects[1].body


def test_a_wrong_command_is_refused_with_a_way_out():
    assert refused(effects("/loadstone rnu")) == "There is no command `rnu`: did you mean `run`?"


@pytest.mark.parametrize("body", ["/loadstone run", "/loadstone rerun", "/loadstone bisect"])
def test_a_head_that_moved_after_the_command_is_refused_and_shown(body):
    said = refused(effects(body, pushed="2026-11-20T10:00:01Z"))
    assert f"`{HEAD[:12]}`" in said
    assert "after this command" in said


def test_a_head_that_was_named_is_taken_whenever_it_was_pushed():
    late = {"pushed": "2026-11-20T10:00:01Z"}
    assert effects(f"/loadstone run head={HEAD[:7]}", **late).sha == HEAD
    said = refused(effects("/loadstone run head=deadbeef"))
    assert f"head={HEAD[:12]}" in said


def test_a_commit_before_the_head_may_be_named_and_none_of_another_fork():
    older = "e" * 40
    assert effects("/loadstone run head=eeeeeee", ancestor=older).sha == older
    assert effects(f"/loadstone run head={HEAD[:9].upper()}").sha == HEAD
    for head in ("EEEEEEE", "eeee", "e" * 40, "pull/5/head", "refs/pull/5/merge"):
        assert "pull request" in refused(effects(f"/loadstone run head={head}"))
    assert effects("/loadstone run head=v1.2.0").sha == HEAD


def test_a_bisection_goes_by_the_worst_regression_unless_it_is_said():
    rows = [replace(row, margin=0.05) for row in ROWS]
    _, started, _ = effects("/loadstone bisect", rows=rows).effects
    assert started.inputs["command"] == (
        "/loadstone bisect component=proxy case=a/x=2 metric=latency_p99"
    )
    _, started, _ = effects("/loadstone bisect case=a/x=1", rows=rows).effects
    assert " case=a/x=1 " in started.inputs["command"]
    assert started.inputs["command"].endswith("metric=latency_p99")
    said = refused(effects("/loadstone bisect metric=cpu", rows=rows))
    assert "no regression to search for" in said


def test_a_push_to_a_fork_that_nobody_dates_has_to_be_named():
    fork = pull(head_repository="ada/proxy")
    assert "head=" in refused(effects("/loadstone run", pull=fork, pushed=""))
    assert effects("/loadstone run", pushed="").sha == HEAD


def test_a_closed_pull_request_is_not_measured():
    assert "closed" in refused(effects("/loadstone run", pull=pull(open=False)))
    assert effects("/loadstone explain a m", pull=pull(open=False)).command is not None


def test_an_unknown_component_is_refused_with_those_that_there_are():
    said = refused(effects("/loadstone run component=prxy", text=SEVERAL))
    assert "did you mean `proxy`?" in said
    known = effects("/loadstone run component=perf/proxy.yaml", text=SEVERAL)
    assert known.components == ("perf/proxy.yaml",)


def test_cancel_stops_every_run_of_this_pull_request_and_no_other():
    runs = [
        WorkflowRun(run=5, status="queued", number=17),
        WorkflowRun(run=4, status="in_progress", number=17),
        WorkflowRun(run=6, status="queued", number=18),
    ]
    result = effects("/loadstone cancel", runs=runs)
    assert [each for each in result.effects if isinstance(each, CancelRun)] == [
        CancelRun(run=4),
        CancelRun(run=5),
    ]
    assert result.state == CancelledState(sha=HEAD, by="grace")
    assert "nothing is measured" in refused(effects("/loadstone cancel")).lower()


def test_accept_records_who_when_why_and_how_large():
    result = effects("/loadstone accept a/* latency_p99 TLS 1.3 only", rows=ROWS)
    (accepted,) = [each for each in result.effects if isinstance(each, AcceptChange)]
    change = accepted.change
    assert accepted.store == "git:loadstone-data"
    assert (change.component, change.case, change.metric) == ("proxy", "a/*", "latency_p99")
    assert (change.who, change.reason, change.size) == ("grace", "TLS 1.3 only", 0.12)
    assert (change.when, change.expires[:10]) == ("2026-11-20T10:00:30+00:00", "2027-02-18")
    assert change.pull_request == 17
    assert [each.content for each in result.effects if isinstance(each, React)] == [
        Reaction.EYES,
        Reaction.ROCKET,
    ]


def test_a_missed_objective_is_accepted_by_how_far_it_is_missed():
    result = effects("/loadstone accept a/x=1 rss known and fine", rows=ROWS)
    assert (result.effects[1].change.size, result.effects[1].change.beyond) == (None, 0.3)


def test_what_is_not_worse_cannot_be_accepted():
    said = refused(effects("/loadstone accept a/x=2 cpu it is fine", rows=ROWS))
    assert "`a/x=1` `latency_p99`" in said
    assert "nothing is worse" in refused(effects("/loadstone accept a cpu it is fine"))


def test_a_row_of_two_components_needs_to_be_told_apart():
    rows = [*ROWS, KnownRow(component="controller", case="a/x=1", metric="rss", worse=True)]
    body = "/loadstone accept a/x=1 rss {}known and fine"
    assert "component=…" in refused(effects(body.format(""), text=SEVERAL, rows=rows))
    result = effects(body.format("component=controller "), text=SEVERAL, rows=rows)
    assert result.effects[1].change.component == "controller"


def test_an_explanation_is_left_to_whoever_has_the_words():
    result = effects("/loadstone explain a/x=1 latency_p99")
    assert result.command.verb is Verb.EXPLAIN
    assert result.effects == (React(comment=70001, content=Reaction.EYES),)


def test_what_is_dispatched_is_read_by_the_same_grammar():
    body = '/loadstone run base=v1.2 rounds=8 ingress "perf/own.yaml"'
    (dispatch,) = [each for each in effects(body).effects if isinstance(each, Dispatch)]
    assert commands.parse(dispatch.inputs["command"]) == commands.parse(body)
