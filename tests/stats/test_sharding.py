"""Shards: the level of the merged report, and what it finds, on seeds of their own."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.operating_characteristics import EFFECTS
from benchmarks.sharding import SUITES, run

from tests.stats.helpers import most


@pytest.mark.study
@pytest.mark.parametrize("of", [2, 4, 12])
@pytest.mark.parametrize("suite", ["default", "small and calm"])
def test_unchanged_reports_rarely_alarm_however_many_machines_measured(suite, of, studies) -> None:
    number = 300 if studies else 6
    found = run(SUITES[suite], EFFECTS["none"], number, 510, of)
    assert sum(one.any for one in found) <= most(number, 0.03)


@pytest.mark.study
@pytest.mark.parametrize("of", [2, 4])
def test_a_tenth_is_found_and_the_slowest_machine_takes_its_share(of, studies) -> None:
    number = 150 if studies else 4
    found = run(SUITES["default"], EFFECTS["+10 %"], number, 511, of)
    assert sum(not one.found for one in found) <= most(number, 0.08)
    assert np.mean([one.wall for one in found]) < 1.5 * np.mean([one.rounds for one in found]) / of
