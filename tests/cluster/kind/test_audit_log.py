"""The audit log: each request once, by who asked, however long it lasts."""

from __future__ import annotations

import json
from typing import Any

from loadstone.cluster.kind.audit_log import AuditLog, audited_request

COMPONENT = "system:serviceaccount:shop:proxy"


def line(identity: str, stage: str = "ResponseComplete", **more: Any) -> str:
    event = {
        "kind": "Event",
        "apiVersion": "audit.k8s.io/v1",
        "auditID": identity,
        "stage": stage,
        "requestURI": "/api/v1/pods?limit=500",
        "verb": "list",
        "user": {"username": COMPONENT, "groups": ["system:serviceaccounts"]},
        "userAgent": "proxy/1.0 (linux/amd64)",
        "objectRef": {"resource": "pods", "apiVersion": "v1"},
        "responseStatus": {"code": 200},
    }
    return json.dumps({**event, **more}) + "\n"


class Growing:
    """A log that is written while it is read."""

    def __init__(self) -> None:
        self.text = ""
        self.asked: list[int] = []
        self.log = AuditLog(self.read, lambda: self.text.count("\n"))

    def read(self, first: int) -> str:
        self.asked.append(first)
        return "".join(self.text.splitlines(keepends=True)[first - 1 :])


def test_a_request_is_known_by_verb_resource_and_client() -> None:
    found = audited_request(line("a"))
    assert found is not None
    assert found.account == "list pods proxy/1.0 (linux/amd64)"
    assert found.user == COMPONENT


def test_a_subresource_and_what_is_no_resource_are_told_apart() -> None:
    status = audited_request(line("a", objectRef={"resource": "pods", "subresource": "status"}))
    path = audited_request(line("b", objectRef=None, requestURI="/version?timeout=32s", verb="get"))
    assert status is not None
    assert path is not None
    assert status.account.split(" ")[1] == "pods/status"
    assert path.account.split(" ")[:2] == ["get", "/version"]


def test_what_lasts_counts_once_and_when_it_was_answered() -> None:
    growing = Growing()
    growing.text = line("a", "ResponseStarted", verb="watch") + line("b")
    watched = "watch pods proxy/1.0 (linux/amd64)"
    assert growing.log.accounting().requests[watched] == 1
    growing.text += line("a", verb="watch")
    assert growing.log.accounting().requests == {
        watched: 1,
        "list pods proxy/1.0 (linux/amd64)": 1,
    }


def test_what_has_been_read_is_not_read_again() -> None:
    growing = Growing()
    growing.text = line("a") + line("b")
    growing.log.accounting()
    growing.text += line("c")
    assert sum(growing.log.accounting().requests.values()) == 3
    assert growing.asked == [1, 3]


def test_a_line_that_is_still_being_written_counts_when_it_is_whole() -> None:
    growing = Growing()
    whole = line("b")
    growing.text = line("a") + whole[:40]
    assert sum(growing.log.accounting().requests.values()) == 1
    growing.text = line("a") + whole
    assert sum(growing.log.accounting().requests.values()) == 2


def test_clearing_begins_at_zero_without_reading_what_was_before() -> None:
    growing = Growing()
    growing.text = line("a", "ResponseStarted", verb="watch") + line("b")
    growing.log.clear()
    assert growing.asked == []
    growing.text += line("a", verb="watch")
    assert growing.log.accounting().requests == {}


def test_what_is_streamed_from_a_pod_lasts_as_a_watch_does() -> None:
    logs: dict[str, Any] = {"verb": "get", "objectRef": {"resource": "pods", "subresource": "log"}}
    growing = Growing()
    growing.text = line("a", "ResponseStarted", **logs) + line("a", **logs)
    assert list(growing.log.accounting().requests.values()) == [1]


def test_users_are_told_apart_by_how_their_names_begin() -> None:
    growing = Growing()
    growing.text = line("a") + line("b", user={"username": "kubernetes-admin"})
    assert sum(growing.log.accounting("system:serviceaccount:shop:").requests.values()) == 1
    assert sum(growing.log.accounting("system:serviceaccount:sho:").requests.values()) == 0
    assert sum(growing.log.accounting().requests.values()) == 2


def test_a_line_that_is_no_event_counts_as_nothing() -> None:
    growing = Growing()
    growing.text = "W1127 not json\n" + line("a", "RequestReceived") + "[]\n"
    assert growing.log.accounting().requests == {}


def test_what_no_audit_log_has_is_not_known_rather_than_none() -> None:
    growing = Growing()
    growing.text = line("a")
    assert growing.log.accounting().requests_only
