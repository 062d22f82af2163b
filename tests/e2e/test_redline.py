"""A redline of a real program: what stalls has a lower one; an interrupted search goes on."""

import json
import signal
import time

import pytest
import yaml

from tests.e2e.command import PLANTED, finish, start

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


def arguments(tmp_path, head, *more):
    """Two rates, a short window; a stall of 200 ms every second is surely beyond the bound."""
    scenario = tmp_path / "scenario.yaml"
    document = yaml.safe_load((PLANTED / "scenario.yaml").read_text())
    document["tiers"]["quick"] |= {"warmup": "300ms", "window": "1500ms"}
    scenario.write_text(yaml.safe_dump(document, sort_keys=False))
    return [
        "redline",
        *("--scenario", scenario, "--component", PLANTED / "component.yaml"),
        *("--head", f"path:{PLANTED / head}", "--objective", "p99<=150ms", "--at", "churn=2"),
        *("--from", "60", "--to", "120", "--precision", "1", "--repeats", "3,6"),
        *("--out", tmp_path / "out", *more),
    ]


def test_a_component_that_stalls_has_a_lower_redline(tmp_path):
    out = tmp_path / "out"
    plain = f"path:{PLANTED / 'plain'}"
    said = finish(*arguments(tmp_path, "stall-often", "--base", plain), cwd=tmp_path)
    assert "Traceback" not in said.err, said.err
    found = json.loads((out / "redline.json").read_text())["redlines"]
    base, head = found["brackets"]
    assert (said.code, found["verdict"]) == (1, "regression"), said.out
    assert (head["met"], head["missed"]) == (None, 60)
    assert base["met"] in (60, 120)
    assert "✘ Redline lower: planted stall-often against plain" in said.out
    shown = finish("report", out, "--format", "markdown", cwd=tmp_path)
    assert shown.code == 1
    assert "Redline lower" in shown.out


def test_an_interrupted_search_ends_what_it_started_and_goes_on(tmp_path):
    log = tmp_path / "out" / "rounds.jsonl"
    process = start(*arguments(tmp_path, "plain", "--json"), cwd=tmp_path)
    while not log.exists() or len(log.read_text().splitlines()) < 2:
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "--resume" in err
    first = log.read_text().splitlines()
    said = finish(*arguments(tmp_path, "plain", "--json", "--resume"), cwd=tmp_path)
    assert said.code == 0, said.err
    assert json.loads(said.out)["redlines"]["brackets"][0]["met"] in (60, 120)
    assert log.read_text().splitlines()[: len(first)] == first


def test_without_an_objective_the_next_step_is_said(tmp_path):
    asked = [each for each in arguments(tmp_path, "plain") if each != "--objective"]
    asked.remove("p99<=150ms")
    said = finish(*asked, cwd=tmp_path)
    assert said.code == 2
    assert "--objective 'latency_p99<=30ms'" in said.err
