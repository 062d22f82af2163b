"""The promises of docs/reference/operating-characteristics.md, in small, on seeds of their own."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.operating_characteristics import EFFECTS, SETTINGS, run
from benchmarks.rules import RULES
from benchmarks.simulator import Effect, Suite, simulate

BY_NAME = {setting.name: setting for setting in SETTINGS}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["cold", "history of 4", "cold, scales e^±1.2 apart"])
def test_unchanged_reports_rarely_alarm_and_cost_few_rounds(name) -> None:
    outcomes = run(BY_NAME[name], EFFECTS["none"], 60, seed=500)
    assert sum(one.any for one in outcomes) <= 3
    assert np.mean([one.rounds for one in outcomes]) < 6
    assert 0.94 < np.mean([one.covered for one in outcomes]) < 0.99


@pytest.mark.slow
@pytest.mark.parametrize("name", ["cold", "history of 20"])
def test_a_tenth_is_found_in_nearly_every_report_and_never_backwards(name) -> None:
    outcomes = run(BY_NAME[name], EFFECTS["+10 %"], 30, seed=501)
    assert sum(one.found for one in outcomes) >= 27
    assert np.mean([one.rows for one in outcomes]) > 0.38
    assert np.mean([one.rounds for one in outcomes]) < 7
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
