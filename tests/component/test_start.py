"""Starting and stopping the component under test."""

import socket
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import pytest
import urllib3

from loadstone import formats
from loadstone.component.start import start as begin
from loadstone.errors import ComponentFailed, UsageError
from loadstone.model import Revision, Side
from tests.measure.fakes import world
from tests.measure.fakes.website import website

PYTHON = world.python(Side.BASE)


def start(described, directory, revision=PYTHON, **more):
    return begin(described, revision, world.FakeCluster(), workdir=directory, **more)


def script(code, **more):
    fields: dict[str, Any] = {
        "component": "script",
        "about": "",
        "role": "x",
        "revisions": formats.Revisions(),
        "ports": ["http"],
        "command": ["${executable}", "-c", code, "${http}"],
        "traffic": "${http}",
        "ready": formats.Ready(url="http://${http}/", timeout=30.0),
        "stop_timeout": 0.5,
    }
    return formats.Component(**(fields | more))


def test_it_is_ready_inside_the_context_and_gone_after_it(tmp_path):
    with start(world.proxy(), tmp_path) as running:
        answer = urllib3.request("GET", running.fill("http://${admin}/ready"))
        assert answer.status == 200
        assert running.ended() is None
        assert running.start_seconds > 0
    assert not psutil.pid_exists(running.processes[0].pid)


def test_each_start_has_its_own_ports_and_directory(tmp_path):
    with start(world.proxy(), tmp_path / "a") as one, start(world.proxy(), tmp_path / "b") as two:
        assert one.fill("${http} ${admin}") != two.fill("${http} ${admin}")
        assert one.fill("${dir}") != two.fill("${dir}")


def test_files_environment_and_command_know_the_addresses(tmp_path):
    code = (
        "import os, sys; from pathlib import Path;"
        "print(Path('conf/a.txt').read_text(), os.environ['WHERE'], sys.argv[1])"
    )
    described = script(code, files={"conf/a.txt": "api=${api}"}, env={"WHERE": "at ${dir}"})
    with pytest.raises(ComponentFailed) as caught, start(described, tmp_path):
        pass
    assert "api=http://127.0.0.1:9" in caught.value.message
    assert f"at {tmp_path}" in caught.value.message
    assert "127.0.0.1:" in caught.value.message


@pytest.mark.parametrize(("given", "said"), [({}, "slow 3"), ({"mode": True}, "true 3")])
def test_settings_are_those_of_its_file_but_for_the_ones_that_are_given(tmp_path, given, said):
    described = script(
        "",
        settings={"mode": "slow", "size": 3},
        command=["${executable}", "-c", "import sys; print(*sys.argv[1:])", "${mode}", "${size}"],
    )
    with pytest.raises(ComponentFailed) as caught, start(described, tmp_path, settings=given):
        pass
    assert said in caught.value.message


def test_a_file_cannot_be_written_outside_its_directory(tmp_path):
    with (
        pytest.raises(UsageError, match="leaves"),
        start(script("pass", files={"../../x": ""}), tmp_path / "a" / "b"),
    ):
        pass
    assert not list(tmp_path.rglob("x"))


def test_one_that_ends_early_shows_its_last_words_and_the_command(tmp_path):
    described = script("import sys; print('out of luck'); sys.exit(7)")
    with pytest.raises(ComponentFailed) as caught, start(described, tmp_path):
        pass
    assert "status 7" in caught.value.message
    assert "out of luck" in caught.value.message
    assert sys.executable in caught.value.next_step


def test_one_that_never_gets_ready_is_ended_and_says_what_its_url_answered(tmp_path):
    before = set(psutil.Process().children())
    with website(lambda *_: (503, {}, b"")) as address:
        ready = formats.Ready(url=f"http://{address}/", timeout=1.0)
        described = script("import time; time.sleep(600)", ready=ready)
        with pytest.raises(ComponentFailed, match="503 instead of 200"), start(described, tmp_path):
            pass
    assert set(psutil.Process().children()) <= before


def test_a_program_that_cannot_be_started_is_an_error_of_ours(tmp_path):
    file = tmp_path / "not-a-program"
    file.write_text("data")
    revision = Revision(side=Side.BASE, asked="x", label="x", executable=str(file))
    with pytest.raises(ComponentFailed, match="cannot be started"):
        start(script("pass"), tmp_path, revision).__enter__()


def test_a_container_image_is_refused_where_programs_run(tmp_path):
    revision = Revision(side=Side.BASE, asked="image:x", label="x", image="x")
    with pytest.raises(UsageError, match="container image"):
        start(script("pass"), tmp_path, revision).__enter__()


def test_it_sees_no_secret_of_ours(tmp_path):
    code = "import os; print(sorted(os.environ)); raise SystemExit(1)"
    with pytest.raises(ComponentFailed) as caught, start(script(code), tmp_path):
        pass
    assert "PATH" in caught.value.message
    assert "PYTEST_CURRENT_TEST" not in caught.value.message  # a variable of ours, like a token


def test_ports_are_tried_anew_when_one_was_taken_meanwhile(tmp_path):
    seen = tmp_path / "starts"
    code = (
        "import sys, pathlib, http.server as h\n"
        f"seen = pathlib.Path({str(seen)!r})\n"
        "count = len(seen.read_text()) if seen.exists() else 0\n"
        "seen.write_text('x' * (count + 1))\n"
        "if count < 2: sys.exit('bind: address already in use')\n"
        "host, port = sys.argv[1].split(':')\n"
        "h.HTTPServer((host, int(port)), h.SimpleHTTPRequestHandler).serve_forever()\n"
    )
    described = script(code, ready=formats.Ready(url="http://${http}/", timeout=10.0))
    with start(described, tmp_path) as running:
        assert running.ended() is None
    assert len(seen.read_text()) == 3


def test_free_ports_are_free(tmp_path):
    with start(world.proxy(), tmp_path) as running, closing(socket.socket()) as taken:
        host, _, port = running.fill("${http}").rpartition(":")
        with pytest.raises(OSError, match="in use"):
            taken.bind((host, int(port)))
    assert Path(running.processes[0].log).parent.name == "component-0"
