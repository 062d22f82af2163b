"""Steps of a scenario file: what is wrong with one by itself, or beside others."""

import msgspec
import pytest

from loadstone.errors import InvalidFile
from loadstone.formats import Step
from loadstone.plan.catalogue import known, quantile
from loadstone.plan.scenarios import parse_scenario
from tests.plan.sample import SCENARIO, edited

LOAD = '    - {do: load, template: route, rate: "${rate}", body: "${body}"}'


def step(**fields):
    return msgspec.convert(fields, Step)


def said(**fields):
    return [what for _, what, _ in step(**fields).mistakes()]


LIST = {"do": "request", "verb": "list", "kind": "Pod"}
LOADED = {"do": "load", "template": "t", "rate": 5}
WRONG = {
    "neither a rate nor clients": LIST,
    "a rate and clients": {**LIST, "rate": 5, "concurrency": 2},
    "pages of one object": {**LIST, "verb": "get", "limit": 5, "rate": 5},
    "a patch that nothing sends": {**LIST, "rate": 5, "patch": {}},
    "a patch of nothing": {**LIST, "verb": "patch", "rate": 5},
    "a law of arrival for clients": {**LIST, "concurrency": 2, "arrivals": {"law": "poisson"}},
    "a list of a subresource": {**LIST, "rate": 5, "subresource": "status"},
    "watchers that are all slow": {"do": "watch", "template": "t", "watchers": 3, "slow": 3},
    "a fault without one": {"do": "fault", "for": 1.0},
    "two faults in one": {"do": "fault", "for": 1.0, "act": "stop", "dials": [{"latency": 0.1}]},
    "one process that is cut off": {"do": "fault", "for": 1.0, "act": "cut", "process": "web"},
    "a fault for no time": {"do": "fault", "for": 0.0, "act": "stop"},
    "a message that is no call's": {**LOADED, "message": "AAAA"},
    "a message that is no base64": {**LOADED, "protocol": "grpc", "message": "A"},
    "a message longer than a frame": {**LOADED, "protocol": "grpc", "message": "AAAA" * 5461},
}


@pytest.mark.parametrize("fields", WRONG.values(), ids=WRONG)
def test_what_cannot_be_meant_is_said(fields):
    assert len(said(**fields)) == 1


RIGHT = {
    "a list at a rate": {**LIST, "rate": 5},
    "clients": {**LIST, "concurrency": 2},
    "an axis in place of a rate": {**LIST, "rate": "${rate}"},
    "a patch": {**LIST, "verb": "patch", "rate": 5, "patch": {"metadata": {}}},
    "a slow watcher": {"do": "watch", "template": "t", "watchers": 3, "slow": 1},
    "watchers by an axis": {"do": "watch", "template": "t", "watchers": "${n}", "slow": 1},
    "a fault": {"do": "fault", "for": 1.0, "act": "stop"},
    "a process that is killed": {"do": "fault", "for": 1.0, "act": "kill", "process": "web"},
    "a component that is cut off": {"do": "fault", "for": 1.0, "act": "cut"},
    "a restart": {"do": "restart"},
    "a call": {**LOADED, "protocol": "grpc", "message": "AAAA" * 5459},
    "a call of one protocol of two": {**LOADED, "protocol": "${protocol}", "message": "AAAA"},
    "a restart until copies are right": {"do": "restart", "template": "t", "kill": True},
}


@pytest.mark.parametrize("fields", RIGHT.values(), ids=RIGHT)
def test_what_can_be_meant_is_not_complained_of(fields):
    assert said(**fields) == []


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({}, "request.list.cluster"),
        ({"namespace": "default"}, "request.list.namespace"),
        ({"verb": "get"}, "request.get.resource"),
        ({"name": "heartbeats"}, "request.heartbeats"),
    ],
)
def test_requests_are_named_by_verb_and_scope(fields, name):
    request = step(**{**LIST, "rate": 10, **fields})
    assert request.gives() == name
    assert known(f"{name}.p99") is not None
    assert quantile(f"{name}.p99") == 0.99
    assert request.observations(name, 4.0) == 40
    assert request.observations("request.else", 4.0) is None


def test_what_is_delivered_is_counted_for_each_watcher_that_is_not_slow():
    watch = step(do="watch", template="t", watchers=10, slow=2, rate=5)
    assert watch.observations("write", 4.0) == 20
    assert watch.observations("delivery", 4.0) == 160


def problems(*lines):
    with pytest.raises(InvalidFile) as caught:
        parse_scenario(edited(SCENARIO, (LOAD, "\n".join([LOAD, *lines]))), "s.yaml")
    return [problem.what for problem in caught.value.problems]


def test_two_steps_that_give_the_same_quantities_need_names():
    request = "    - {do: request, verb: list, kind: Pod, rate: 5}"
    assert problems(request, request) == ["an earlier step gives `request.list.cluster.*` already"]


def test_watchers_watch_copies_that_are_there():
    text = edited(SCENARIO, (LOAD, f"{LOAD}\n    - {{do: watch, template: gone, watchers: 1}}"))
    with pytest.raises(InvalidFile) as caught:
        parse_scenario(text, "s.yaml")
    assert "there is no template `gone`" in [each.what for each in caught.value.problems]


def test_a_patch_may_name_the_request_and_the_time_and_nothing_else():
    line = '    - {{do: request, verb: patch, kind: Node, rate: 5, patch: {{x: "${{{}}}"}}}}'
    for name in ("i", "now"):
        parse_scenario(edited(SCENARIO, (LOAD, f"{LOAD}\n{line.format(name)}")), "s.yaml")
    assert problems(line.format("version")) == ["`${version}` has a value in templates only"]


def test_a_metric_of_requests_that_no_step_sends_is_an_error():
    text = edited(
        SCENARIO,
        (LOAD, f"{LOAD}\n    - {{do: request, verb: list, kind: Pod, rate: 50}}"),
        ("source: latency.p99", "source: request.list.namespace.p99"),
    )
    with pytest.raises(InvalidFile) as caught:
        parse_scenario(text, "s.yaml")
    (problem,) = caught.value.problems
    assert problem.what == "no `request` step gives `request.list.namespace.p99`"
    assert "request.list.cluster.p99" in problem.hint


def test_calls_need_connections_that_last_and_a_status_that_calls_have():
    text = edited(
        SCENARIO,
        (LOAD, f"{LOAD[:-1]}, protocol: grpc, keepalive: false}}"),
        ('path: "/v${version}/body/${body}"}', 'path: "/v${version}/body/${body}", status: 404}'),
    )
    with pytest.raises(InvalidFile) as caught:
        parse_scenario(text, "s.yaml")
    assert [each.what for each in caught.value.problems] == [
        "calls of gRPC are answered with 200, whatever became of them",
        "HTTP/2 has no requests without keep-alive",
    ]
