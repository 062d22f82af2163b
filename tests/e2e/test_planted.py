"""Planted flaws: each is flagged as a regression on the metric that it is about."""

import json

import pytest

from tests.e2e.command import PLANTED, finish

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(600)]


def session(tmp_path, head, *more):
    """A comparison of the sound program with a flawed one, and its record."""
    out = tmp_path / "out"
    said = finish(
        "run",
        *("--scenario", PLANTED / "scenario.yaml", "--component", PLANTED / "component.yaml"),
        *("--base", f"path:{PLANTED / 'plain'}", "--head", f"path:{PLANTED / head}"),
        *("--out", out, *more),
        cwd=tmp_path,
    )
    return said, json.loads((out / "record.json").read_text())


def verdicts(record):
    """Metric → verdict, over the cases of a record."""
    rows = record["judgement"]["comparisons"]
    return {row["metric"]["name"]: row["verdict"] for row in rows}


@pytest.mark.parametrize(
    ("flaw", "metric"),
    [
        ("extra-call", "api_requests"),
        ("busy", "cpu_per_1k_requests"),
        ("leak", "memory_peak"),
        ("stall-often", "latency_p99"),
    ],
)
def test_a_planted_flaw_is_flagged_on_its_metric(tmp_path, flaw, metric):
    said, record = session(tmp_path, flaw)
    assert verdicts(record)[metric] == "regression", said.out
    assert said.code == 1, said.out


def test_an_extra_call_is_certain_and_moves_nothing_else_that_is_counted(tmp_path):
    _, record = session(tmp_path, "extra-call", "--looks", "4")
    (row,) = [
        row for row in record["judgement"]["comparisons"] if row["metric"]["name"] == "api_requests"
    ]
    assert row["change"]["estimate"] > 0
    assert row["head"]["low"] > row["base"]["high"]
    assert verdicts(record)["errors"] == "unchanged"


def test_a_stall_is_seen_in_full_by_the_requests_that_were_due_meanwhile(tmp_path):
    """A closed loop would see one slow request; at a fixed rate, all that were due are slow."""
    _, record = session(tmp_path, "stall-often", "--looks", "2")
    tails = {
        side: [
            run["quantities"]["latency.p999"]
            for run in record["runs"]
            if run["side"] == side and not run["invalid"]
        ]
        for side in ("base", "head")
    }
    assert min(tails["head"]) > 0.15  # of 200 ms
    assert max(tails["head"]) > 2 * min(tails["base"])


def test_the_same_program_on_both_sides_is_no_regression(tmp_path):
    said, record = session(tmp_path, "plain", "--looks", "4")
    assert "regression" not in verdicts(record).values(), said.out
    assert said.code == 0, said.out
