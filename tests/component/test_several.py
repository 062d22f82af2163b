"""A component of several processes: their order, what they share, and what each has of its own."""

import os
import sys
import time
from pathlib import Path

import psutil
import pytest
import urllib3

from loadstone import formats
from loadstone.component.start import start
from loadstone.errors import ComponentFailed, UsageError
from tests.component.several import SERVER, SOMEWHERE, component, revision, server
from tests.measure.fakes import world

NOTING = """
import os, signal, sys
notes = sys.argv.pop()
def note(what):
    with open(notes, "a") as file:
        file.write(what + " " + os.environ["WHO"] + "\\n")
def end(*_):
    note("ended")
    os._exit(0)
signal.signal(signal.SIGTERM, end)
note("started")
"""


def begin(described, workdir, given=None):
    return start(described, given or revision(), world.FakeCluster(), workdir=workdir)


def noting(port, notes, who, **more):
    return server(port, str(notes), code=NOTING + SERVER, env={"WHO": who}, **more)


def test_processes_start_in_the_order_of_the_file_and_end_in_reverse(tmp_path):
    notes = tmp_path / "notes"
    names = ("one", "two", "three")
    described = component(**{name: noting(name, notes, name) for name in names})
    with begin(described, tmp_path / "run") as running:
        assert [each.name for each in running.processes] == list(names)
        assert notes.read_text().split("\n")[:-1] == [f"started {name}" for name in names]
    ended = notes.read_text().split("\n")[3:-1]
    assert ended == ["ended three", "ended two", "ended one"]
    assert not any(psutil.pid_exists(each.pid) for each in running.processes)


def test_each_waits_until_the_one_before_it_is_ready(tmp_path):
    slow = "import time; time.sleep(0.5)\n" + SERVER
    described = component(first=server("a", code=slow), second=server("b"))
    with begin(described, tmp_path) as running:
        first, second = (psutil.Process(each.pid).create_time() for each in running.processes)
        assert second - first >= 0.5
        assert running.start_seconds >= running.processes[0].start_seconds >= 0.5
        parts = sum(each.start_seconds for each in running.processes)
        assert running.start_seconds >= parts


def test_all_know_every_port_and_share_a_directory_and_each_has_its_own_program(tmp_path):
    code = (
        "import os, pathlib, sys\n"
        "print(sys.argv.pop(), sys.executable, pathlib.Path('shared.txt').read_text())\n" + SERVER
    )
    other = tmp_path / "other-python"
    other.symlink_to(sys.executable)
    described = component(
        web=server("http", "${admin}", code=code),
        side=server(
            "admin",
            "${http}",
            code=code,
            files={"shared.txt": "between ${http} and $${both}"},
            revisions=SOMEWHERE,
            revision="1",
        ),
    )
    with begin(described, tmp_path / "run", revision(side=str(other))) as running:
        web, side = running.processes
        said = [each.tail() for each in running.processes]
        assert web.names["admin"] in said[0]
        assert side.names["http"] in said[1]
        assert f"between {side.names['http']} and ${{both}}" in said[0]
        assert web.names["dir"] == side.names["dir"] == running.names["dir"]
        assert side.names["executable"] == str(other)
        assert running.names["executable"] == web.names["executable"] == sys.executable


def test_one_that_is_not_ready_is_named_and_none_stays(tmp_path):
    before = set(psutil.Process().children())
    described = component(
        web=server("http"),
        broken=server("admin", code="print('out of luck'); raise SystemExit(7)"),
    )
    with pytest.raises(ComponentFailed) as caught, begin(described, tmp_path):
        pass
    assert "several: broken ended with status 7" in caught.value.message
    assert "out of luck" in caught.value.message
    assert set(psutil.Process().children()) <= before


def test_one_that_dies_is_told_from_the_others(tmp_path):
    with begin(component(web=server("http"), side=server("admin")), tmp_path) as running:
        assert running.ended() is None
        with pytest.raises(urllib3.exceptions.HTTPError):
            urllib3.request("GET", running.fill("http://${admin}/end"), retries=False)
        deadline = time.monotonic() + 20
        while (gone := running.ended()) is None:
            assert time.monotonic() < deadline
        assert (gone.name, gone.exited()) == ("side", 3)


def test_when_a_port_was_taken_all_begin_anew(tmp_path):
    seen = tmp_path / "starts"
    code = (
        "import pathlib, sys\n"
        f"seen = pathlib.Path({str(seen)!r})\n"
        "count = len(seen.read_text()) if seen.exists() else 0\n"
        "seen.write_text('x' * (count + 1))\n"
        "if count < 1: sys.exit('bind: address already in use')\n" + SERVER
    )
    with begin(component(web=server("http"), side=server("admin", code=code)), tmp_path) as running:
        assert running.ended() is None
        assert {Path(each.log).parent.name for each in running.processes} == {"component-1"}


def test_one_whose_program_is_an_image_is_refused_where_programs_run(tmp_path):
    described = component(
        web=server("http"), side=server("admin", revisions=SOMEWHERE, revision="1")
    )
    with pytest.raises(UsageError, match="container image"):
        begin(described, tmp_path, revision(side="")).__enter__()


def test_a_component_can_be_seen_as_one_of_its_processes():
    described = component(
        web=server("http", version=["${executable}", "version"]),
        side=server("admin", revisions=SOMEWHERE, revision="1"),
    )
    assert described.alone("web").version == ["${executable}", "version"]
    assert described.alone("web").revisions == described.revisions
    assert described.alone("side").revisions == SOMEWHERE
    assert described.alone("side").component == "several-side"
    assert list(described.alone("side").started()) == [formats.ALONE]


def test_processes_get_no_more_of_our_environment_than_one_does(tmp_path):
    os.environ["SECRET_OF_A_TEST"] = "x"
    try:
        code = "import os; print(sorted(os.environ)); raise SystemExit(1)"
        described = component(web=server("http"), side=server("admin", code=code))
        with pytest.raises(ComponentFailed) as caught, begin(described, tmp_path):
            pass
        assert "SECRET_OF_A_TEST" not in caught.value.message
    finally:
        del os.environ["SECRET_OF_A_TEST"]
