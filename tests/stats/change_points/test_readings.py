"""Rows of a series are read in the way that has the least noise, and no reading invents a step."""

from dataclasses import replace

import numpy as np
import pytest

from loadstone.model.series import Reading
from loadstone.stats.change_points.detect import SeriesSession
from loadstone.stats.change_points.readings import read
from tests.stats.sessions import CASES, METRICS, plans, session


def records(count=20, **fields):
    return [SeriesSession(revision=str(n), runs=session(n, **fields).runs) for n in range(count)]


def ways(found, case):
    cases = zip(found.points.cases, found.readings, strict=True)
    return {reading for each, reading in cases if each == case}


def test_on_steady_machines_rows_are_read_as_measured():
    found = read(records(machine=0.0, noise=0.1), plans())
    assert ways(found, "one") == {Reading.ABSOLUTE}


def test_on_machines_that_differ_rows_are_read_beside_the_suite():
    found = read(records(machine=0.3), plans())
    assert set(found.readings[: len(CASES) * len(METRICS)]) == {Reading.SUITE}


def test_beside_a_frozen_base_where_the_suite_is_too_small():
    few = plans(CASES[:2])
    found = read(records(machine=0.3, cases=CASES[:2]), few, anchored=True)
    assert set(found.readings) == {Reading.ANCHORED}
    assert set(read(records(machine=0.3, cases=CASES[:2]), few).readings) == {Reading.ABSOLUTE}


def test_there_is_a_row_over_all_cases_for_every_metric_of_three_or_more():
    found = read(records(), plans())
    overall = [
        m.name for c, m in zip(found.points.cases, found.points.metrics, strict=True) if not c
    ]
    assert overall == [metric.name for metric in METRICS]
    assert "" not in read(records(cases=CASES[:2]), plans(CASES[:2])).points.cases


def test_a_row_over_all_cases_moves_as_they_do_and_not_as_one_of_them():
    one = [
        SeriesSession(
            revision=str(n),
            runs=session(n, machine=0, change={("two", "cpu"): 1.0} if n >= 10 else {}).runs,
        )
        for n in range(20)
    ]
    found = read(one, plans())
    overall = found.points.values[-1]
    assert overall[10:].mean() - overall[:10].mean() == pytest.approx(0, abs=0.1)
    assert overall == pytest.approx(overall - np.median(overall), abs=0.05)


def test_half_a_suite_that_changed_puts_no_step_into_the_other_half():
    changed = {("one", "cpu"): 0.5, ("two", "cpu"): 0.5}
    found = read(
        [
            SeriesSession(revision=str(n), runs=session(n, change=changed if n >= 10 else {}).runs)
            for n in range(20)
        ],
        plans(),
    )
    row = next(
        place
        for place, (case, metric) in enumerate(
            zip(found.points.cases, found.points.metrics, strict=True)
        )
        if (case, metric.name) == ("three", "cpu")
    )
    values = found.points.values[row]
    assert abs(np.median(values[10:]) - np.median(values[:10])) < 0.15


def test_a_row_over_all_cases_is_gated_where_one_of_its_cases_is():
    mixed = [
        replace(
            plan, metrics=[replace(each, gated=plan.case.scenario == "two") for each in METRICS]
        )
        for plan in plans()
    ]
    assert all(metric.gated for metric in read(records(), mixed).points.metrics[-3:])
    none = [
        replace(plan, metrics=[replace(each, gated=False) for each in METRICS]) for plan in plans()
    ]
    assert not any(metric.gated for metric in read(records(), none).points.metrics)


def test_no_records_and_empty_records_have_rows_without_values():
    nothing = read([SeriesSession(revision=str(n), runs=()) for n in range(3)], plans())
    assert not np.isfinite(nothing.points.values).any()
    assert set(nothing.readings) == {Reading.ABSOLUTE}
