"""Programs of a cluster: ready or told why not, on ports that are theirs, and ended."""

from __future__ import annotations

import socket
import sys
from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest

from loadstone.cluster.programs import ProgramSpec, answers, running
from loadstone.errors import ClusterFailed

SERVES = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/healthz" else 404)
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def spec(script: str) -> ProgramSpec:
    def arguments(ports: Sequence[int]) -> list[str]:
        return ["-c", script, str(ports[0])]

    return ProgramSpec(
        name="thing",
        executable=Path(sys.executable),
        arguments=arguments,
        ready=lambda ports: answers(f"http://127.0.0.1:{ports[0]}/healthz"),
    )


def test_a_program_is_ready_while_it_is_used_and_gone_afterwards(tmp_path: Path) -> None:
    with running(spec(SERVES), tmp_path) as program:
        assert program.runs()
        assert answers(f"http://127.0.0.1:{program.ports[0]}/healthz")
    assert not psutil.pid_exists(program.process.pid)
    assert not answers(f"http://127.0.0.1:{program.ports[0]}/healthz")


def test_one_that_ends_early_is_told_with_its_last_words(tmp_path: Path) -> None:
    with (
        pytest.raises(ClusterFailed, match=r"thing: .*status 3\nits last words") as failed,
        running(spec("import sys; print('its last words'); sys.exit(3)"), tmp_path),
    ):
        pass
    assert "thing.log" in failed.value.next_step


def test_one_that_never_gets_ready_is_ended(tmp_path: Path) -> None:
    slow = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
    with (
        pytest.raises(ClusterFailed, match="was not ready within 2 s"),
        running(spec(slow), tmp_path, within=2.0),
    ):
        pass
    assert not psutil.pid_exists(int((tmp_path / "thing.log").read_text()))


def test_a_port_that_somebody_took_in_between_is_not_the_end(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ports: list[Sequence[int]] = []

        def arguments(found: Sequence[int]) -> list[str]:
            ports.append(found)
            port = taken.getsockname()[1] if len(ports) == 1 else found[0]
            return ["-c", SERVES, str(port)]

        one = ProgramSpec(
            name="thing",
            executable=Path(sys.executable),
            arguments=arguments,
            ready=lambda found: answers(f"http://127.0.0.1:{found[0]}/healthz"),
        )
        with running(one, tmp_path) as program:
            assert program.ports == ports[1]
