"""The promises of docs/reference/operating-characteristics.md, in small, on seeds of their own."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.operating_characteristics import EFFECTS, SETTINGS, run
from benchmarks.rules import RULES
from benchmarks.simulator import Effect, Suite, simulate

from tests.stats.helpers import most

BY_NAME = {setting.name: setting for setting in SETTINGS}


@pytest.mark.study
@pytest.mark.parametrize(
    ("name", "rate"),
    [("cold", 0.03), ("history of 4", 0.03), ("cold, scales e^±1.2 apart", 0.03)],
)
def test_unchanged_reports_rarely_alarm_and_cost_few_rounds(name, rate, studies) -> None:
    number = 300 if studies else 6
    outcomes = run(BY_NAME[name], EFFECTS["none"], number, seed=500)
    assert sum(one.any for one in outcomes) <= most(number, rate)
    assert np.mean([one.rounds for one in outcomes]) < 6
    slack = 0.0 if studies else 0.03
    assert 0.94 - slack < np.mean([one.covered for one in outcomes]) < 0.99 + slack


@pytest.mark.study
@pytest.mark.parametrize(
    ("name", "rate"),
    [("placement: 2 % per side", 0.05), ("layout: 1 % per case", 0.03)],
)
def test_what_lasts_through_the_rounds_rarely_alarms(name, rate, studies) -> None:
    number = 300 if studies else 6
    outcomes = run(BY_NAME[name], EFFECTS["none"], number, seed=503)
    assert sum(one.any for one in outcomes) <= most(number, rate)


@pytest.mark.study
@pytest.mark.parametrize("name", ["cold", "history of 20"])
def test_a_tenth_is_found_in_nearly_every_report_and_never_backwards(name, studies) -> None:
    number = 150 if studies else 3
    outcomes = run(BY_NAME[name], EFFECTS["+10 %"], number, seed=501)
    assert sum(not one.found for one in outcomes) <= most(number, 0.03)
    assert np.mean([one.rows for one in outcomes]) > (0.45 if studies else 0.3)
    assert np.mean([one.rounds for one in outcomes]) < (6.5 if studies else 7.5)
    assert not any(one.wrong for one in outcomes)
    assert np.mean([one.false for one in outcomes]) < 0.06


def test_the_peers_rules_alarm_on_the_same_unchanged_reports() -> None:
    alarms = dict.fromkeys(RULES, 0)
    for number in range(15):
        samples = simulate(Suite(), Effect(), np.random.default_rng([502, number])).samples.until(6)
        for name, rule in RULES.items():
            alarms[name] += bool(rule(samples).any())
    assert alarms["fixed threshold 110 %"] == 15
    assert alarms["benchstat (Mann-Whitney 0.05)"] >= 7
    assert alarms["paired t + Benjamini-Hochberg"] <= 3


def test_a_seed_gives_the_same_report_again() -> None:
    one, other = (simulate(Suite(), Effect(), np.random.default_rng(1)).samples for _ in range(2))
    assert np.array_equal(one.base, other.base)
    assert np.array_equal(one.head, other.head)
