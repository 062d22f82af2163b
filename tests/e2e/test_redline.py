"""A redline of a real program: what stalls has a lower one; an interrupted search goes on."""

import json
import signal
import time

import pytest

from tests.e2e.command import PLANTED, finish, start

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


def arguments(out, head, *more):
    """Two rates of a short window; a stall of 200 ms every second is far beyond the bound."""
    return [
        "redline",
        *("--scenario", PLANTED / "scenario.yaml", "--component", PLANTED / "component.yaml"),
        *("--head", f"path:{PLANTED / head}", "--objective", "p99<=60ms", "--at", "churn=2"),
        *("--from", "60", "--to", "120", "--precision", "1", "--repeats", "3,5"),
        *("--out", out, *more),
    ]


def brackets(out):
    found = json.loads((out / "redline.json").read_text())["redlines"]
    return found["verdict"], {each["side"]: each for each in found["brackets"]}


def test_a_component_that_stalls_has_a_lower_redline(tmp_path):
    out = tmp_path / "out"
    plain = f"path:{PLANTED / 'plain'}"
    said = finish(*arguments(out, "stall-often", "--base", plain), cwd=tmp_path)
    assert "Traceback" not in said.err, said.err
    verdict, sides = brackets(out)
    assert said.code == 1, said.out
    assert verdict == "regression"
    assert sides["base"]["met"] == 120
    assert (sides["head"]["met"], sides["head"]["missed"]) == (None, 60)
    assert "redline of rate ≥ 120/s → < 60/s" in said.out
    shown = finish("report", out, "--format", "markdown", cwd=tmp_path)
    assert shown.code == 1
    assert "Redline lower" in shown.out


def test_an_interrupted_search_ends_what_it_started_and_goes_on(tmp_path):
    out = tmp_path / "out"
    process = start(*arguments(out, "plain", "--json"), cwd=tmp_path)
    log = out / "rounds.jsonl"
    while not log.exists() or len(log.read_text().splitlines()) < 3:
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "--resume" in err
    first = log.read_text().splitlines()
    said = finish(*arguments(out, "plain", "--json", "--resume"), cwd=tmp_path)
    assert said.code == 0, said.err
    assert json.loads(said.out)["redlines"]["brackets"][0]["met"] == 120
    assert log.read_text().splitlines()[: len(first)] == first


def test_without_an_objective_the_next_step_is_said(tmp_path):
    asked = [each for each in arguments(tmp_path / "out", "plain") if each != "--objective"]
    asked.remove("p99<=60ms")
    said = finish(*asked, cwd=tmp_path)
    assert said.code == 2
    assert "--objective 'latency_p99<=30ms'" in said.err
