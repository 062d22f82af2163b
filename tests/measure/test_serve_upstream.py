"""The upstream as a program: the servers that were asked for, and an end when it is told to."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import urllib3

from loadstone.measure.upstream import free_ports
from loadstone.system import processes
from tests.measure.load.job_pods import within


def get(port: int, path: str) -> urllib3.BaseHTTPResponse:
    try:
        return urllib3.request("GET", f"http://127.0.0.1:{port}{path}", retries=False, timeout=5.0)
    except urllib3.exceptions.HTTPError as error:
        raise OSError from error


def test_it_serves_bodies_on_ports_in_a_row(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    command = [sys.executable, "-I", "-m", "loadstone.measure.serve_upstream"]
    command += ["--port", str(port), "--host", "127.0.0.1", "--servers", "2", "--body", "600"]
    process = processes.spawn(command, log=tmp_path / "log")
    try:
        for number in range(2):
            answer = within(30.0, partial(get, port + number, "/body/600"))
            assert (answer.status, len(answer.data)) == (200, 600)
            assert answer.headers["x-upstream"] == f"s{number}"
        process.terminate()
        assert process.wait(20) == 0
    finally:
        processes.end(process)
