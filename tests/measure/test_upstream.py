"""The web server behind the component: real, on free ports, and gone when it should be."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator

import psutil
import pytest

from loadstone.errors import MeasurementFailed
from loadstone.measure.upstream import RunningUpstream, free_ports, upstream
from loadstone.system.tools import Tool, find


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningUpstream]:
    workdir = tmp_path_factory.mktemp("nginx")
    with upstream(servers=3, bodies=[0, 600, 22_000], workdir=workdir) as running:
        yield running


def get(port: int, path: str, host: str = "a.example") -> tuple[int, str | None, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers={"Host": host})
        response = connection.getresponse()
        return response.status, response.getheader("x-upstream"), response.read()
    finally:
        connection.close()


def test_each_port_names_itself(server):
    assert [get(port, "/")[1] for port in server.ports] == ["s0", "s1", "s2"]


@pytest.mark.parametrize("size", [0, 600, 22_000])
@pytest.mark.parametrize("prefix", ["", "/v1", "/a/b"])
def test_a_path_that_ends_in_body_n_answers_with_n_bytes(server, prefix, size):
    status, name, body = get(server.ports[1], f"{prefix}/body/{size}")
    assert (status, name, len(body)) == (200, "s1", size)


def test_a_body_of_a_size_that_was_not_asked_for_is_not_found(server):
    status, name, _ = get(server.ports[0], "/body/601")
    assert (status, name) == (404, "s0")


def test_any_other_path_answers_with_the_host_and_path_it_was_asked_for(server):
    assert get(server.ports[0], "/v2/x?y=1", "b.example") == (200, "s0", b"b.example /v2/x?y=1\n")


def test_a_connection_is_kept_open(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.ports[0], timeout=10)
    for _ in range(5):
        connection.request("GET", "/body/600")
        assert len(connection.getresponse().read()) == 600
        assert connection.sock is not None
    connection.close()


def test_the_web_server_says_its_process_and_version(server):
    assert psutil.Process(server.pid).name() == "nginx"
    assert server.version == find("nginx").version


def test_nothing_is_left_after_the_context(tmp_path):
    with upstream(servers=1, bodies=[1], workdir=tmp_path) as running:
        pid = running.pid
    assert not psutil.pid_exists(pid)


def test_nothing_is_left_after_an_exception(tmp_path):
    pids = []

    def break_down() -> None:
        with upstream(servers=1, bodies=[], workdir=tmp_path) as running:
            pids.append(running.pid)
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        break_down()
    assert not psutil.pid_exists(pids[0])


def test_a_port_that_is_taken_is_named_with_what_to_do(tmp_path):
    free = free_ports(1)[0]
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        with (
            pytest.raises(MeasurementFailed, match=f"port {taken} is taken") as caught,
            upstream(servers=2, bodies=[], workdir=tmp_path, ports=[free, taken]),
        ):
            pass
    assert f"sport = :{taken}" in caught.value.next_step


def test_a_server_that_does_not_start_says_why(tmp_path):
    (tmp_path / "nginx").write_text("#!/bin/sh\necho 'unknown directive'\nexit 1\n")
    (tmp_path / "nginx").chmod(0o755)
    broken = Tool(name="nginx", path=tmp_path / "nginx", version="0", source="configured")
    with (
        pytest.raises(MeasurementFailed, match="unknown directive"),
        upstream(servers=1, bodies=[], workdir=tmp_path, nginx=broken),
    ):
        pass


def test_free_ports_are_all_different():
    assert len(set(free_ports(50))) == 50


def test_its_log_is_free_of_warnings(server, tmp_path):
    with upstream(servers=1, bodies=[600], workdir=tmp_path) as running:
        get(running.ports[0], "/body/600")
    assert (tmp_path / "nginx.log").read_text() == ""
