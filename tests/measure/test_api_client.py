"""The driver: objects made, changed and removed through an API server."""

from contextlib import closing

import pytest

from loadstone.measure.api_client import ApiRequestFailed, HttpApiClient
from loadstone.measure.object_client import ObjectClient
from loadstone.model import ApiAccess
from tests.measure.fakes.apiserver import api_server

SERVICE = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a", "namespace": "shop"}}
NODE = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}}
INGRESS = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "r"}}


def client(url: str) -> HttpApiClient:
    return HttpApiClient(ApiAccess(url=url))


def test_paths_come_from_discovery_and_the_scope_of_the_kind():
    with api_server() as server, closing(ObjectClient(client(server.url))) as objects:
        objects.create([SERVICE, NODE, INGRESS])
        objects.patch(INGRESS)
        objects.delete([SERVICE])
    assert server.said() == [
        ("POST", "/api/v1/namespaces/shop/services"),
        ("POST", "/api/v1/nodes"),
        ("POST", "/apis/networking.k8s.io/v1/namespaces/default/ingresses"),
        ("PATCH", "/apis/networking.k8s.io/v1/namespaces/default/ingresses/r"),
        ("DELETE", "/api/v1/namespaces/shop/services/a"),
    ]


def test_discovery_is_asked_once_per_group():
    with api_server() as server, closing(ObjectClient(client(server.url))) as objects:
        objects.create([SERVICE] * 20, concurrency=8)
    assert sum(path == "/api/v1" for _, path, *_ in server.asked) == 1
    assert len(server.said()) == 20


def test_our_own_requests_carry_our_user_agent():
    with api_server() as server, closing(client(server.url)) as api:
        api.request("GET", "/version")
    assert server.asked[0][2]["User-Agent"].startswith("loadstone/")


def test_a_change_is_a_merge_patch():
    with api_server() as server, closing(ObjectClient(client(server.url))) as objects:
        objects.patch(SERVICE)
    method, _, headers, body = server.asked[-1]
    assert (method, headers["Content-Type"], body) == (
        "PATCH",
        "application/merge-patch+json",
        SERVICE,
    )


@pytest.mark.parametrize("busy", [429, 500, 503])
def test_a_busy_server_is_asked_again(busy):
    with (
        api_server([busy, busy]) as server,
        closing(ObjectClient(client(server.url))) as objects,
    ):
        objects.create([NODE])
    assert len(server.said()) == 3


def test_a_conflict_after_a_repetition_means_that_the_first_attempt_was_carried_out():
    with (
        api_server([500, 409]) as server,
        closing(ObjectClient(client(server.url))) as objects,
    ):
        objects.create([NODE])


def test_a_conflict_at_once_is_an_error():
    with (
        api_server([409]) as server,
        closing(ObjectClient(client(server.url))) as objects,
        pytest.raises(ApiRequestFailed, match="409 answering 409 on purpose"),
    ):
        objects.create([NODE])


def test_an_error_says_what_was_asked_and_what_the_server_said():
    with (
        api_server([422]) as server,
        closing(ObjectClient(client(server.url))) as objects,
        pytest.raises(ApiRequestFailed, match="POST /api/v1/nodes: 422 answering 422"),
    ):
        objects.create([NODE], concurrency=2)


def test_a_kind_the_server_does_not_know_is_named():
    unknown = {"apiVersion": "v1", "kind": "Widget", "metadata": {"name": "w"}}
    with (
        api_server() as server,
        closing(ObjectClient(client(server.url))) as objects,
        pytest.raises(ApiRequestFailed, match="no kind Widget in v1"),
    ):
        objects.create([unknown])


def test_a_server_that_is_not_there_is_an_error_of_ours():
    with (
        closing(client("http://127.0.0.1:9")) as api,
        pytest.raises(ApiRequestFailed, match="GET /x"),
    ):
        api.request("GET", "/x")
