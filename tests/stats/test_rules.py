"""The peers' rules that are shown beside ours do what their tools say they do."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from benchmarks.rules import LEFT_OUT, RULES, changes_from, pinpoint
from benchmarks.rules_stored import COMMITS, STORED

from loadstone.model import Direction, Metric
from loadstone.stats.common.samples import Samples

ROOT = Path(__file__).parents[2]
ROWS = 400
LESS = Metric(name="time", unit="s", direction=Direction.LOWER, margin=0.05)
MORE = replace(LESS, name="rate", direction=Direction.HIGHER)


def noise(seed: int, *shape: int):
    return np.exp(0.05 * np.random.default_rng(seed).standard_normal(shape))


def session(change: float = 1.0, *, metric: Metric = LESS, rows: int = ROWS) -> Samples:
    return Samples(
        cases=[f"case-{row}" for row in range(rows)],
        metrics=[metric] * rows,
        rounds=list(range(12)),
        base=noise(1, rows, 12),
        head=noise(2, rows, 12) * change,
    )


PAST = noise(3, ROWS, COMMITS, 12)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_of_one_session_sees_what_is_huge_on_either_side(name):
    for change in (3.0, 1 / 3):
        assert RULES[name](session(change, rows=30)).all()


@pytest.mark.parametrize("name", STORED)
def test_a_rule_of_stored_commits_sees_what_is_huge_and_worse(name):
    few = slice(30)
    assert STORED[name](session(3.0, rows=30), PAST[few]).mean() > 0.9
    assert STORED[name](session(1 / 3, metric=MORE, rows=30), PAST[few]).mean() > 0.9


def test_twice_the_last_value_is_flagged_and_a_little_less_is_not():
    rule = STORED["200 % of the last stored commit (github-action-benchmark)"]
    assert not rule(session(1.8), PAST).any()
    assert rule(session(2.2), PAST).all()
    assert not rule(session(2.2, metric=MORE), PAST).any()


def test_benchers_threshold_flags_a_row_in_a_hundred_when_nothing_changed():
    rule = STORED["t-test 0.99 of 64 stored commits (Bencher)"]
    assert 0 <= rule(session(), PAST).mean() <= 0.03


def test_five_standard_deviations_are_not_reached_by_chance():
    rule = STORED["z = 5 of 100 stored commits (Conbench)"]
    assert not rule(session(), PAST).any()


def test_looking_twice_with_two_tests_flags_more_than_one_row_in_a_hundred_at_most_a_few():
    once = pinpoint(session().until(6)).mean()
    assert once <= pinpoint(session()).mean() <= 0.05
    assert not pinpoint(session(3.0).until(4)).any()  # no p of four runs a side is small enough


def test_a_program_without_otava_says_so_and_goes_on():
    script = "from benchmarks.rules import LEFT_OUT, RULES; print(len(RULES)); print(*LEFT_OUT)"
    hidden = f"import sys; sys.modules['otava'] = None; sys.path.insert(0, {str(ROOT)!r})"
    code = f"{hidden}\n{script}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    rules, words = done.stdout.splitlines()
    assert int(rules) >= 8
    assert words.startswith("Otava is not installed")


@pytest.mark.skipif(bool(LEFT_OUT), reason="; ".join(LEFT_OUT))
def test_otava_names_the_commit_that_changed_and_none_before_it():
    steady, risen = noise(5, 12), noise(6, 12) * 2
    assert changes_from(np.concatenate([steady, risen]), 12)
    assert not changes_from(np.concatenate([risen, steady, noise(7, 12)]), 24)
