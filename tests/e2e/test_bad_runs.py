"""What goes wrong while measuring: a message a user can act on, or an invalid run that says why."""

import json
import os
import resource
import socket
import subprocess

import pytest
import yaml

from loadstone.system.lock import claimed
from tests.e2e.command import LOADSTONE, PLANTED, Said, finish

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


def arguments(out, head, *more, component=PLANTED / "component.yaml"):
    return [
        "run",
        *("--scenario", PLANTED / "scenario.yaml", "--component", component),
        *("--base", f"path:{PLANTED / 'plain'}", "--head", f"path:{PLANTED / head}"),
        *("--looks", "2", "--out", out, *more),
    ]


def changed(tmp_path, **keys):
    """The planted component with some keys changed, in a file of its own."""
    file = tmp_path / "component.yaml"
    file.write_text(yaml.safe_dump(yaml.safe_load((PLANTED / "component.yaml").read_text()) | keys))
    return file


def invalid(out):
    """Side → codes of the reasons of its invalid runs."""
    found: dict[str, set[str]] = {"base": set(), "head": set()}
    for run in json.loads((out / "record.json").read_text())["runs"]:
        found[run["side"]] |= {reason["code"] for reason in run["invalid"]}
    return found


def test_a_component_that_never_gets_ready_is_said_with_what_it_printed(tmp_path):
    ready = {"url": "http://${admin}/ping", "timeout": 2}
    component = changed(tmp_path, ready=ready)
    asked = arguments(tmp_path / "out", "never-ready", component=component)
    said = finish(*asked, "--looks", "4", cwd=tmp_path)
    assert said.code == 3
    assert "head did not get ready 3 times in a row" in said.err
    assert "Traceback" not in said.err


def test_a_second_session_in_a_directory_ends_before_it_measures(tmp_path):
    out = tmp_path / "out"
    with claimed(out):
        (out / "session.json").write_text("of the first")
        said = finish(*arguments(out, "plain"), cwd=tmp_path)
        assert (out / "session.json").read_text() == "of the first"
    assert said.code == 2
    assert f"{out} is in use: process {os.getpid()} measures into it" in said.err
    assert "choose another directory with --out" in said.err


def test_a_component_that_ends_at_once_is_said_with_its_last_words(tmp_path):
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho 'no such flag: --api' >&2\nexit 64\n")
    broken.chmod(0o755)
    said = finish(*arguments(tmp_path / "out", broken), cwd=tmp_path)
    assert said.code == 3
    assert "no such flag: --api" in said.err
    assert "64" in said.err


def test_a_port_that_is_taken_is_named(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [
            "${executable}",
            *("--api=${api}", f"--http=127.0.0.1:{port}", "--admin=${admin}"),
            "--ingress-class=loadstone",
        ]
        component = changed(tmp_path, command=command)
        said = finish(*arguments(tmp_path / "out", "plain", component=component), cwd=tmp_path)
    assert said.code == 3
    assert str(port) in said.err


def test_a_profile_that_is_a_web_page_makes_the_run_invalid(tmp_path):
    out = tmp_path / "out"
    said = finish(*arguments(out, "html-profile"), cwd=tmp_path)
    assert "profile-not-a-profile" in invalid(out)["head"]
    assert "profile-not-a-profile" not in invalid(out)["base"]
    assert "HTML" in (out / "report.md").read_text()
    assert said.code == 3


def test_wrong_answers_are_a_reason_and_not_a_number(tmp_path):
    out = tmp_path / "out"
    said = finish(*arguments(out, "wrong-answers"), cwd=tmp_path)
    assert "wrong-answers" in invalid(out)["head"]
    assert said.code == 3


def test_a_component_that_crashes_under_load_is_invalid_and_not_fast(tmp_path):
    out = tmp_path / "out"
    said = finish(*arguments(out, "crash"), cwd=tmp_path)
    assert "exited" in invalid(out)["head"]
    assert said.code == 3


def test_a_full_disk_ends_the_session_with_the_rounds_so_far(tmp_path):
    out = tmp_path / "out"
    done = subprocess.run(
        [*LOADSTONE, *map(str, arguments(out, "plain"))],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
        env=dict(os.environ),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000)),
    )
    said = Said(code=done.returncode, out=done.stdout, err=done.stderr)
    assert said.code in (2, 3), said
    assert "cannot write" in said.err
    assert "Traceback" not in said.err


def test_a_machine_that_cannot_hold_the_connections_is_refused_before_measuring(tmp_path):
    scenario = tmp_path / "scenario.yaml"
    document = yaml.safe_load((PLANTED / "scenario.yaml").read_text())
    document["workload"]["setup"].append({"do": "hold", "connections": 9_000_000})
    scenario.write_text(yaml.safe_dump(document, sort_keys=False))
    plain = f"path:{PLANTED / 'plain'}"
    said = finish(
        *("run", "-s", scenario, "-c", PLANTED / "component.yaml", "--base", plain),
        *("--head", plain, "--out", tmp_path / "out"),
        cwd=tmp_path,
    )
    assert said.code == 2
    assert "ulimit -n" in said.err
