"""Planted flaws: each is flagged as a regression on the metric that it is about."""

import json

import pytest

from tests.e2e.command import PLANTED, finish

# alone: what they measure is judged, latencies too, and has to come out as planted
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.alone,
    pytest.mark.timeout(600),
]


def session(tmp_path, head, *more, scenario="scenario.yaml"):
    """A comparison of the sound program with a flawed one, and its record."""
    out = tmp_path / "out"
    said = finish(
        "run",
        *("--scenario", PLANTED / scenario, "--component", PLANTED / "component.yaml"),
        *("--base", f"path:{PLANTED / 'plain'}", "--head", f"path:{PLANTED / head}"),
        *("--out", out, *more),
        cwd=tmp_path,
    )
    return said, json.loads((out / "record.json").read_text())


def verdicts(record):
    """Metric → verdict, over the cases of a record."""
    rows = record["judgement"]["comparisons"]
    return {row["metric"]["name"]: row["verdict"] for row in rows}


def growth(record):
    """What was found of growth inside the runs."""
    return record["judgement"]["growth"]


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
    grown = [row["series"] for row in growth(record) if row["verdict"] == "regression"]
    assert flaw != "leak" or grown == ["process.anon"], said.out


def test_a_head_that_dies_is_a_regression_and_not_a_lack_of_numbers(tmp_path):
    said, record = session(tmp_path, "crash", "--looks", "4")
    assert verdicts(record)["failed_runs"] == "regression", said.out
    assert verdicts(record)["memory_peak"] == "invalid", said.out
    assert record["judgement"]["verdict"] == "regression"
    assert said.code == 1, said.out
    assert "failed runs ▲ +4 in planted" in " ".join(said.out.split())
    assert "the component ended with status 70" in said.out
    junit = (tmp_path / "out" / "junit.xml").read_text()
    assert 'failures="1" errors="0"' in junit
    assert "<failure" in junit


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


def test_a_quadratic_cost_is_superlinear_since_head(tmp_path):
    said, record = session(tmp_path, "quadratic", "--looks", "4", scenario="sizes.yaml")
    shapes = {shape["metric"]["name"]: shape for shape in record["judgement"]["shapes"]}
    cpu = shapes["cpu_seconds"]
    assert said.code == 1, said.out
    assert (cpu["verdict"], cpu["follows"]) == ("regression", True), said.out
    assert cpu["head"]["low"] > 1 > cpu["base"]["low"]
    assert shapes["api_requests"]["verdict"] == "unchanged"
    assert "superlinear since head" in said.out
    why = finish(
        *("explain", "planted-sizes", "cpu_seconds", tmp_path / "out", "--over", "routes"),
        cwd=tmp_path,
    )
    assert "Hence: regression" in why.out
