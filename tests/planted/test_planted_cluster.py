"""The planted program as a client of the in-memory API server, and what it costs when plain."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
import urllib3

from loadstone.system import processes
from tests.planted.fakes import Upstream, served
from tests.planted.program import Program, started

pytestmark = pytest.mark.slow  # each starts a server and the program

_NETWORKING = "/apis/networking.k8s.io/v1/namespaces/default/ingresses"


@pytest.fixture
def server() -> Iterator[str]:
    """The URL of an in-memory API server."""
    command = [sys.executable, "-m", "loadstone.apiserver"]
    process = processes.spawn(command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["url"]
    finally:
        processes.end(process)
        if process.stdout is not None:
            process.stdout.close()


def send(server: str, method: str, path: str, document: Any = None) -> Any:
    with urllib3.PoolManager() as pool:
        answer = pool.request(method, server + path, json=document)
        assert answer.status in (200, 201), answer.data
        return json.loads(answer.data)


def backend(server: str, address: str) -> None:
    host, _, port = address.rpartition(":")
    metadata = {"name": "s0", "namespace": "default"}
    send(server, "POST", "/api/v1/namespaces/default/services", {
        "apiVersion": "v1", "kind": "Service", "metadata": metadata,
        "spec": {"ports": [{"name": "http", "port": 80}]},
    })  # fmt: skip
    labels = {"kubernetes.io/service-name": "s0"}
    send(server, "POST", "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices", {
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
        "metadata": metadata | {"labels": labels}, "addressType": "IPv4",
        "ports": [{"name": "http", "port": int(port), "protocol": "TCP"}],
        "endpoints": [{"addresses": [host], "conditions": {"ready": True}}],
    })  # fmt: skip


def ingress(number: int, version: int = 1) -> dict[str, Any]:
    place = {"service": {"name": "s0", "port": {"number": 80}}}
    path = {"path": f"/v{version}", "pathType": "Prefix", "backend": place}
    rule = {"host": f"r{number}.example.test", "http": {"paths": [path]}}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"name": f"r{number}", "namespace": "default"},
        "spec": {"ingressClassName": "loadstone", "rules": [rule]},
    }


def wait_for(program: Program, status: int, path: str, host: str = "r0.example.test") -> None:
    deadline = time.monotonic() + 20
    while program.ask(path, host=host).status != status:
        assert time.monotonic() < deadline, f"{host}{path} was not answered with {status}"
        time.sleep(0.005)


def test_it_follows_the_in_memory_server_as_a_controller_does(server):
    with served(Upstream) as upstream:
        backend(server, upstream)
        send(server, "POST", _NETWORKING, ingress(0))
        with started(server, "plain", ["--ingress-class", "loadstone"]) as program:
            wait_for(program, 200, "/v1/x")
            send(server, "POST", _NETWORKING, ingress(1))
            wait_for(program, 200, "/v1/x", "r1.example.test")
            change = send(server, "GET", f"{_NETWORKING}/r1")
            change["spec"] = ingress(1, version=2)["spec"]
            send(server, "PUT", f"{_NETWORKING}/r1", change)
            wait_for(program, 200, "/v2/x", "r1.example.test")
            send(server, "DELETE", f"{_NETWORKING}/r1")
            wait_for(program, 404, "/v2/x", "r1.example.test")


def requests_of(server: str) -> int:
    """Requests of the planted program so far, by the server's own account."""
    with urllib3.PoolManager() as pool:
        page = pool.request("GET", f"{server}/metrics").data.decode()
    ours = [line for line in page.splitlines() if 'user_agent="planted/1.0"' in line]
    return sum(
        int(float(line.rpartition(" ")[2]))
        for line in ours
        if line.startswith("apiserver_request_total")
    )


def test_the_extra_call_is_in_the_servers_own_account(server):
    """Ten routes are ten reconciles, and so ten requests more than the plain program's."""
    for number in range(10):
        send(server, "POST", _NETWORKING, ingress(number))
    counts = []
    for launcher in ("plain", "extra-call"):
        before = requests_of(server)
        with started(server, launcher) as program:
            program.wait_for("planted_reloads_total", 10)
            expected = 16 if launcher == "extra-call" else 6  # a list and a watch of 3 resources
            deadline = time.monotonic() + 20
            while requests_of(server) - before < expected and time.monotonic() < deadline:
                time.sleep(0.01)
        counts.append(requests_of(server) - before)
    assert counts == [6, 16]


@pytest.mark.alone  # the CPU time of a request
def test_plain_sustains_500_requests_a_second_at_well_under_half_a_core(server):
    """By its CPU time, which a busy machine inflates far less than any wall clock."""
    with served(Upstream) as upstream:
        backend(server, upstream)
        send(server, "POST", _NETWORKING, ingress(0))
        with started(server) as program:
            wait_for(program, 200, "/v1/body/600")
            before = program.metric("process_cpu_seconds_total")
            for _ in range(2000):
                program.ask("/v1/body/600")
            cost = (program.metric("process_cpu_seconds_total") - before) / 2000
            assert 500 * cost < 0.35, f"{cost * 1e6:.0f} µs of CPU a request"
