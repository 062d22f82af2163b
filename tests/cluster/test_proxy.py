"""The proxy in front of an API server: what goes through, what is counted, and as whom."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import select
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from loadstone.cluster.memory import MemoryProvider
from loadstone.cluster.proxy import ProxiedCluster, ProxyProcess, ServerCertificate, proxied
from loadstone.errors import ClusterFailed
from loadstone.formats import Dial
from loadstone.protocols import Accountable, Dialable, Resettable, Scalable
from tests.contract.client import Api
from tests.contract.conftest import GivenCluster
from tests.contract.objects import config_map
from tests.contract.resources import CONFIG_MAPS, NAMESPACES
from tests.contract.waiting import eventually

PROTOBUF = "application/vnd.kubernetes.protobuf"


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[ProxiedCluster]:
    with (
        MemoryProvider().provision(workdir=tmp_path / "memory") as inner,
        proxied(inner, workdir=tmp_path) as found,
    ):
        yield found


@pytest.fixture
def connect(cluster: ProxiedCluster) -> Iterator[Callable[[str], Api]]:
    clients: list[Api] = []

    def open_(agent: str) -> Api:
        clients.append(Api(cluster.kubeconfig, agent=agent))
        return clients[-1]

    yield open_
    for client in clients:
        client.close()


def test_a_cluster_behind_it_counts_and_dials_and_is_emptied_as_before(cluster):
    assert all(isinstance(cluster, kind) for kind in (Accountable, Dialable, Resettable))
    assert cluster.alive()
    assert (cluster.provider, cluster.version) == (cluster.inner.provider, cluster.inner.version)


class ScalingCluster(GivenCluster):
    """A cluster that can do one thing more."""

    def scale(self, nodes: int) -> None:
        raise ClusterFailed(f"{nodes} nodes")


def test_what_else_a_cluster_can_do_it_can_do_behind_the_proxy_and_nothing_more(tmp_path):
    alone = given(tmp_path, "http://127.0.0.1:9")
    able = ScalingCluster(api=alone.api, kubeconfig=alone.kubeconfig)
    with (
        proxied(alone, workdir=tmp_path / "a") as one,
        proxied(able, workdir=tmp_path / "b") as other,
    ):
        assert not isinstance(one, Resettable | Scalable)
        assert isinstance(other, Scalable)
        with pytest.raises(ClusterFailed, match="7 nodes"):
            other.scale(7)
        assert one.access.url == one.api


def test_its_accounts_are_those_of_the_server_to_the_last_call_and_byte(cluster, connect):
    cluster.reset()

    def client(agent: str) -> None:
        maps = connect(agent).of(CONFIG_MAPS, "default")
        for number in range(30):
            item = maps.create(config_map(f"{agent[0]}{number}")).ok()
            item["data"] = {"x": "y" * number}
            maps.replace(item).ok()
            maps.read(item["metadata"]["name"]).ok()
        maps.patch(f"{agent[0]}0", {"data": {"z": "1"}}).ok()
        maps.apply(config_map(f"{agent[0]}1"), "me", force="true").ok()
        maps.list(limit="5").ok()
        maps.read("nobody").failed(404, "NotFound")
        maps.create(config_map(f"{agent[0]}0")).failed(409, "AlreadyExists")
        maps.api.get("/version").ok()
        maps.api.get("/apis").ok()
        assert maps.api.get("/apis/nothing.example/v1/things").status == 404
        assert maps.api.get("/api/v1/namespaces/default/configmaps", accept=PROTOBUF).status == 200
        assert maps.api.request("HEAD", "/version").body == b""
        maps.delete(f"{agent[0]}2").ok()
        maps.delete_all(fieldSelector=f"metadata.name={agent[0]}3").ok()

    with connect("watcher/1").of(CONFIG_MAPS, "default").watch() as watch:
        threads = [threading.Thread(target=client, args=(f"{name}/1 (x)",)) for name in "abc"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        watch.take(3 * (30 + 30))
        theirs = cluster.inner.accounting()
        eventually(lambda: cluster.accounting().watch_events >= theirs.watch_events)
        ours = cluster.accounting()
    assert ours.requests == theirs.requests
    assert sum(ours.requests.values()) > 3 * 90
    assert ours.events == theirs.events
    assert ours.received == theirs.received
    assert ours.sent == theirs.sent


def test_a_request_of_a_client_that_leaves_is_counted_as_the_server_counts_it(cluster):
    cluster.reset()
    url = urlsplit(cluster.api)
    for _ in range(20):
        with socket.create_connection((url.hostname, url.port)) as client:
            client.sendall(
                b"GET /api/v1/namespaces HTTP/1.1\r\nHost: x\r\nUser-Agent: gone\r\n\r\n"
            )
    key = "list namespaces gone"
    eventually(lambda: cluster.inner.accounting().requests.get(key) == 20)
    eventually(lambda: cluster.accounting().requests.get(key) == 20)


def test_requests_that_are_sent_ahead_are_answered_in_their_order(cluster):
    url = urlsplit(cluster.api)
    wanted = [f"/api/v1/namespaces/n{number}" for number in range(50)]
    with socket.create_connection((url.hostname, url.port), timeout=30) as client:
        client.sendall(
            b"".join(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode() for path in wanted)
        )
        found = b""
        while found.count(b'"code":404') < len(wanted):
            piece = client.recv(65536)
            assert piece
            found += piece
    places = [found.index(f'\\"n{number}\\"'.encode()) for number in range(50)]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000, b"431"),
    ],
)
def test_what_is_no_request_is_refused_and_goes_no_further(cluster, sent, status):
    cluster.reset()
    url = urlsplit(cluster.api)
    with socket.create_connection((url.hostname, url.port), timeout=30) as client:
        client.sendall(sent)
        assert client.recv(100).split(b" ")[1] == status
    assert not cluster.inner.accounting().requests


def test_a_failure_in_protobuf_is_one_for_those_who_ask_for_it(cluster, connect):
    cluster.dial([Dial(error_rate=1.0, error_status=429)])
    answer = connect("typed").get("/api/v1/namespaces", accept=f"{PROTOBUF},application/json")
    assert answer.status == 429
    assert answer.headers["Content-Type"] == PROTOBUF
    cluster.dial([])
    with MemoryProvider().provision(workdir=cluster.kubeconfig.parent / "other") as other:
        other.dial([Dial(error_rate=1.0, error_status=429)])
        own = Api(other.kubeconfig)
        expected = own.get("/api/v1/namespaces", accept=PROTOBUF).body
        own.close()
    assert answer.body == expected


def test_a_watcher_that_does_not_read_makes_it_keep_little(cluster, connect):
    import psutil

    maps = connect("writer").of(CONFIG_MAPS, "default")
    url = urlsplit(cluster.api)
    proxy = psutil.Process(cluster.pid)
    with socket.create_connection((url.hostname, url.port)) as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.sendall(b"GET /api/v1/configmaps?watch=1 HTTP/1.1\r\nHost: x\r\n\r\n")
        slow.recv(100)
        before = proxy.memory_info().rss
        for number in range(60):  # 30 MB of events
            item = config_map(f"m{number}")
            item["data"] = {"x": "y" * 500_000}
            maps.create(item).ok()
        assert proxy.memory_info().rss - before < 15e6


def test_without_its_process_it_is_not_alive_and_says_why(tmp_path):
    with (
        MemoryProvider().provision(workdir=tmp_path / "memory") as inner,
        proxied(inner, workdir=tmp_path) as cluster,
    ):
        os.kill(cluster.pid, 9)
        eventually(lambda: not cluster.alive())
        with pytest.raises(ClusterFailed, match="the proxy of the API server"):
            cluster.accounting()


def test_an_answer_that_comes_too_late_is_not_taken_for_that_to_another_order(tmp_path):
    late = "import time; input(); time.sleep(1); print('{}', flush=True); input(); time.sleep(60)"
    process = subprocess.Popen(
        [sys.executable, "-c", late], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        proxy = ProxyProcess(process, tmp_path / "log", answers_within=0.1)
        with pytest.raises(ClusterFailed, match="no answer within"):
            proxy.order(do="accounting")
        assert process.stdout is not None
        select.select([process.stdout], [], [], 60)  # now it is there
        with pytest.raises(ClusterFailed, match="owes the answer"):
            proxy.order(do="dial", dials=[])
        assert not proxy.alive()
    finally:
        process.kill()
        process.communicate()


def test_a_dial_that_it_does_not_know_is_refused_and_it_goes_on(cluster):
    with pytest.raises(ClusterFailed, match="418"):
        cluster.proxy.order(do="dial", dials=[{"error_rate": 1.0, "error_status": 418}])
    with pytest.raises(ClusterFailed, match="dance"):
        cluster.proxy.order(do="dance")
    assert cluster.accounting().requests == {}


# --- in front of servers of the test's own --------------------------------------------------------


def given(folder: Path, server: str, user: Any = None, **cluster: Any) -> GivenCluster:
    path = folder / "given-kubeconfig"
    document = {
        "clusters": [{"name": "c", "cluster": {"server": server, **cluster}}],
        "users": [{"name": "u", "user": user or {}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "x",
    }
    path.write_text(yaml.safe_dump(document))
    return GivenCluster(api=server, kubeconfig=path)


@contextmanager
def serving(
    answer: Callable[[socket.socket, bytes], None], context: ssl.SSLContext | None = None
) -> Iterator[tuple[str, list[bytes]]]:
    """A server of raw sockets: `answer` gets a connection and the head of a request."""
    heads: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def one(raw: socket.socket) -> None:
        try:
            client = context.wrap_socket(raw, server_side=True) if context else raw
            while head := _head(client):
                heads.append(head)
                answer(client, head)
            client.close()
        except OSError:
            pass

    def accept() -> None:
        while True:
            try:
                raw, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=one, args=(raw,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"{'https' if context else 'http'}://127.0.0.1:{listener.getsockname()[1]}", heads
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _head(client: socket.socket) -> bytes:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        piece = client.recv(1)
        if not piece:
            return b""
        head += piece
    return head


def ok(client: socket.socket, _head: bytes) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")


def asked(url: str, path: str = "/version", **headers: str) -> bytes:
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
    with contextlib.closing(connection):
        connection.request("GET", path, headers=headers)
        with connection.getresponse() as answer:
            return answer.read()


@pytest.mark.parametrize(
    ("user", "line"),
    [
        ({"token": "secret"}, b"Authorization: Bearer secret"),
        ({"username": "me", "password": "x"}, b"Authorization: Basic bWU6eA=="),
        ({}, b""),
    ],
)
def test_requests_go_on_with_the_kubeconfigs_credentials(tmp_path, user, line):
    with (
        serving(ok) as (url, heads),
        proxied(given(tmp_path, f"{url}/below/it", user), workdir=tmp_path) as cluster,
    ):
        assert asked(cluster.api) == b"{}"
    assert heads[0].startswith(b"GET /below/it/version HTTP/1.1\r\n")
    assert f"\r\nHost: {urlsplit(url).netloc}\r\n".encode() in heads[0]
    assert (line in heads[0]) if line else (b"uthorization" not in heads[0])


def test_a_token_in_a_file_and_one_of_a_plugin_are_used(tmp_path):
    token = tmp_path / "token"
    token.write_text("of-a-file\n")
    said = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "kind": "ExecCredential",
        "status": {"token": "of-a-plugin"},
    }
    plugin = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": "echo",
        "args": [json.dumps(said)],
        "interactiveMode": "Never",
    }
    with serving(ok) as (url, heads):
        for user in ({"tokenFile": str(token)}, {"exec": plugin}):
            with proxied(given(tmp_path, url, user), workdir=tmp_path) as cluster:
                asked(cluster.api)
    assert b"Authorization: Bearer of-a-file\r\n" in heads[0]
    assert b"Authorization: Bearer of-a-plugin\r\n" in heads[1]


def test_credentials_of_the_client_go_on_and_ours_do_not(tmp_path):
    with (
        serving(ok) as (url, heads),
        proxied(given(tmp_path, url, {"token": "ours"}), workdir=tmp_path) as cluster,
    ):
        asked(cluster.api, Authorization="Bearer theirs")
    assert b"Authorization: Bearer theirs" in heads[0]
    assert b"ours" not in heads[0]


def test_a_connection_that_is_upgraded_passes_bytes_both_ways_and_is_counted(tmp_path):
    def echo(client: socket.socket, head: bytes) -> None:
        assert b"Upgrade: SPDY/3.1" in head
        client.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: SPDY/3.1\r\n\r\nhello")
        while data := client.recv(4096):
            client.sendall(data.swapcase())

    with serving(echo) as (url, _), proxied(given(tmp_path, url), workdir=tmp_path) as cluster:
        address = urlsplit(cluster.api)
        with socket.create_connection((address.hostname, address.port), timeout=30) as client:
            client.sendall(
                b"POST /api/v1/namespaces/a/pods/p/exec?command=sh HTTP/1.1\r\nHost: x\r\n"
                b"Connection: Upgrade\r\nUpgrade: SPDY/3.1\r\nUser-Agent: kubectl\r\n\r\n"
            )
            got = _head(client)
            assert got.startswith(b"HTTP/1.1 101")
            client.sendall(b"\x00Bytes\r\n\r\n\xff")
            wanted = b"hello" + b"\x00Bytes\r\n\r\n\xff".swapcase()
            found = b""
            while len(found) < len(wanted):
                found += client.recv(100)
            assert found == wanted
        assert cluster.accounting().requests == {"create pods/exec kubectl": 1}


def test_a_server_that_closes_an_idle_connection_closes_the_clients(tmp_path):
    def once(client: socket.socket, head: bytes) -> None:
        ok(client, head)
        time.sleep(0.1)
        client.shutdown(socket.SHUT_RDWR)

    with serving(once) as (url, _), proxied(given(tmp_path, url), workdir=tmp_path) as cluster:
        address = urlsplit(cluster.api)
        with socket.create_connection((address.hostname, address.port), timeout=30) as client:
            client.sendall(b"GET /version HTTP/1.1\r\nHost: x\r\n\r\n")
            _head(client)
            assert client.recv(2) == b"{}"
            assert client.recv(1) == b""


def test_an_answer_that_ends_too_early_is_no_answer(tmp_path):
    def broken(client: socket.socket, _: bytes) -> None:
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf")
        client.shutdown(socket.SHUT_RDWR)

    with (
        serving(broken) as (url, _),
        proxied(given(tmp_path, url), workdir=tmp_path) as cluster,
        pytest.raises((http.client.IncompleteRead, ConnectionError)),
    ):
        asked(cluster.api)


def test_a_server_that_is_not_there_is_a_connection_that_closes(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with (
        proxied(given(tmp_path, f"http://127.0.0.1:{port}"), workdir=tmp_path) as cluster,
        pytest.raises((http.client.HTTPException, ConnectionError)),
    ):
        asked(cluster.api)


@pytest.mark.parametrize("text", ["", "clusters: 5", "current-context: x\ncontexts: []"])
def test_a_kubeconfig_that_leads_nowhere_is_said(tmp_path, text):
    path = tmp_path / "kubeconfig"
    path.write_text(text)
    broken = GivenCluster(api="", kubeconfig=path)
    with (
        pytest.raises(ClusterFailed, match="names no cluster"),
        proxied(broken, workdir=tmp_path),
    ):
        pass


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    chain, key = folder / f"{name}.crt", folder / f"{name}.key"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", "2", "-subj", f"/CN={name}", "-keyout", str(key)]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-out", str(chain)]
    subprocess.run(command, check=True, capture_output=True)
    return chain, key


def test_tls_on_both_sides_with_a_client_certificate(tmp_path):
    (server, server_key), (client, client_key) = (
        certificate(tmp_path, name) for name in ("server", "client")
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(client))
    context.load_cert_chain(server, server_key)
    context.verify_mode = ssl.CERT_OPTIONAL
    seen: list[Any] = []

    def answer(connection: socket.socket, head: bytes) -> None:
        assert isinstance(connection, ssl.SSLSocket)
        seen.append(connection.getpeercert())
        ok(connection, head)

    user = {"client-certificate": str(client), "client-key": str(client_key)}
    with serving(answer, context) as (url, _):
        behind = given(tmp_path, url, user, **{"certificate-authority": str(server)})
        shown = ServerCertificate(chain=server, key=server_key, authority=server)
        with proxied(behind, workdir=tmp_path, certificate=shown) as cluster:
            assert cluster.api.startswith("https://")
            trusting = ssl.create_default_context(cafile=str(server))
            address = urlsplit(cluster.api)
            for headers in ({}, {"Authorization": "Bearer theirs"}):
                connection = http.client.HTTPSConnection(
                    address.hostname or "", address.port, timeout=30, context=trusting
                )
                connection.request("GET", "/version", headers=headers)
                assert connection.getresponse().read() == b"{}"
                connection.close()
    assert seen[0]["subject"][0][0] == ("commonName", "client")
    assert not seen[1]  # with credentials of its own it is not us


def test_a_server_that_shows_another_certificate_is_not_spoken_to(tmp_path):
    chain, key = certificate(tmp_path, "server")
    other, _ = certificate(tmp_path, "other")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(chain, key)
    with serving(ok, context) as (url, heads):
        behind = given(tmp_path, url, {"token": "secret"}, **{"certificate-authority": str(other)})
        with (
            proxied(behind, workdir=tmp_path) as cluster,
            pytest.raises((http.client.HTTPException, ConnectionError)),
        ):
            asked(cluster.api)
    assert heads == []


def test_namespaces_are_there_for_whoever_asks_through_it(cluster, connect):
    assert "default" in connect("x").of(NAMESPACES).names()
