"""How samples split between two sides: how often a change is told where there is none, or one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from loadstone.stats.common.multiplicity import cutoff
from loadstone.stats.functions.sampled import SampleSplit, detectable, split

LEVEL = 0.05
REPORTS = 200


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What moves the samples of runs beside chance, as coefficients of variation.

    `phase`: of both sides of a round alike, function by function, as of a sampler that meets the
    same moment of every request. `apart`: of each side by itself. `whole`: of all functions of a
    run. `wild`: one run in ten has half of its samples or twice as many. `seldom`: the part of runs
    in which every eighth function does its work, where it does not do it in all.
    """

    phase: float = 0.0
    apart: float = 0.0
    whole: float = 0.0
    wild: bool = False
    seldom: float = 1.0

    def rates(self, draw: np.random.Generator, means: np.ndarray, rounds: int) -> np.ndarray:
        shape = (len(means), rounds, 2)
        rates = np.broadcast_to(means[:, None, None], shape).copy()
        rates *= _about_one(draw, self.phase, shape[:2])[..., None]
        rates *= _about_one(draw, self.apart, shape)
        rates *= _about_one(draw, self.whole, (1, rounds, 2))
        if self.seldom < 1:
            now = draw.random((len(means[3::8]), rounds, 2)) < self.seldom
            rates[3::8] *= np.where(now, 1 / self.seldom, 0.0)
        if self.wild:
            wild = draw.random((1, rounds, 2)) < 0.1
            rates *= np.where(wild, draw.choice([0.5, 2.0], wild.shape), 1.0)
        return rates


def _about_one(draw: np.random.Generator, variation: float, shape: tuple[int, ...]) -> np.ndarray:
    if not variation:
        return np.ones(shape)
    return np.asarray(draw.gamma(variation**-2.0, variation**2.0, shape))


def zipf(functions: int, samples: float) -> np.ndarray:
    """Functions of a profile with so many samples, as unequal as functions are."""
    means = 1.0 / np.arange(1, functions + 1)
    return np.asarray(means * samples / means.sum())


def split_of(base: np.ndarray, head: np.ndarray) -> SampleSplit:
    ones = np.ones(base.shape)
    return split(base, head, ones, ones, np.zeros(len(base), dtype=np.int64))


def flagged(base: np.ndarray, head: np.ndarray) -> np.ndarray:
    """Of rows with six samples or more, as a report has them, those that are told."""
    enough = (base + head).sum(axis=1) >= 6
    p = np.where(enough, split_of(base, head).p, np.nan)
    return p <= cutoff(p, LEVEL)


# A thin profile is of a few seconds of a program that is hardly busy, a large one of a minute.
THIN, LARGE = zipf(60, 60.0), zipf(80, 4000.0)
MACHINES = {
    "quiet": Machine(),
    "a sampler that meets the same moments": Machine(phase=0.7),
    "functions of their own mind": Machine(phase=0.3, apart=0.3),
    "whole runs off": Machine(whole=0.15),
    "work that comes now and then": Machine(phase=0.3, seldom=1 / 3),
    "work that comes now and then, and nothing else": Machine(seldom=1 / 3),
    "work that comes mostly": Machine(phase=0.3, seldom=2 / 3),
    "wild runs": Machine(phase=0.3, apart=0.1, whole=0.1, wild=True),
}


@pytest.mark.parametrize("means", [THIN, LARGE], ids=["thin", "large"])
@pytest.mark.parametrize("rounds", [3, 4, 5, 12])
@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_a_report_on_the_same_program_names_a_function_as_seldom_as_its_level_says(
    machine, rounds, means
):
    draw = np.random.default_rng(11)
    alarms = 0
    for _ in range(REPORTS):
        seen = draw.poisson(machine.rates(draw, means, rounds)).astype(float)
        alarms += bool(flagged(seen[..., 0], seen[..., 1]).any())
    assert alarms <= (LEVEL + 0.04) * REPORTS  # what 200 reports scatter about 5 %, upwards


@pytest.mark.parametrize(
    ("samples", "rounds", "found"), [(5.0, 5, 0.9), (10.0, 3, 0.9), (3.0, 8, 0.8), (18.0, 5, 0.93)]
)
def test_a_function_that_only_the_head_calls_is_found_from_a_few_samples_a_run(
    samples, rounds, found
):
    draw = np.random.default_rng(12)
    told = 0
    for _ in range(REPORTS):
        rates = Machine(phase=0.3, apart=0.1).rates(draw, np.append(THIN, samples), rounds)
        rates[-1, :, 0] = 0.0
        seen = draw.poisson(rates).astype(float)
        told += bool(flagged(seen[..., 0], seen[..., 1])[-1])
    assert told >= found * REPORTS


def test_a_new_function_is_found_in_six_rounds_though_other_work_comes_now_and_then():
    draw = np.random.default_rng(16)
    told = 0
    for _ in range(REPORTS):
        means = np.append(LARGE, 30.0)
        rates = Machine(phase=0.3, apart=0.1, seldom=1 / 3).rates(draw, means, 6)
        rates[-1, :, 0] = 0.0
        seen = draw.poisson(rates).astype(float)
        told += bool(flagged(seen[..., 0], seen[..., 1])[-1])
    assert told >= 0.9 * REPORTS


def test_the_detectable_change_is_detected_as_often_as_its_power_says():
    draw = np.random.default_rng(13)
    means, rounds = np.full(40, 30.0), 6
    told = 0
    for _ in range(REPORTS):
        rates = Machine(phase=0.2).rates(draw, means, rounds)
        seen = draw.poisson(rates).astype(float)
        first = split_of(seen[..., 0], seen[..., 1])
        level = cutoff(first.p, LEVEL)
        rates[0, :, 1] += detectable(first, level, 0.8)[0] / rounds
        seen = draw.poisson(rates).astype(float)
        told += bool(split_of(seen[..., 0], seen[..., 1]).p[0] <= level)
    assert 0.68 * REPORTS <= told <= 0.92 * REPORTS


def test_a_profile_that_saw_half_as_much_is_no_change():
    """Its samples stand for twice as much, so there are half as many of each function."""
    draw = np.random.default_rng(14)
    means, rounds, alarms = np.full(30, 40.0), 5, 0
    profiles = np.zeros(30, dtype=np.int64)
    for _ in range(REPORTS):
        base = draw.poisson(means[:, None], (30, rounds)).astype(float)
        head = draw.poisson(means[:, None] / 2, (30, rounds)).astype(float) * 2.0
        found = split(base, head, np.ones(base.shape), 2.0 * np.ones(base.shape), profiles)
        alarms += bool((found.p <= cutoff(found.p, LEVEL)).any())
    assert alarms <= (LEVEL + 0.04) * REPORTS


def test_six_samples_on_one_side_have_about_the_p_of_a_fair_coin():
    rest = np.random.default_rng(15).poisson(10.0, (30, 6))
    base = np.vstack([[0.0, 0.0, 0.0], rest[:, :3]])
    found = split_of(base, np.vstack([[2.0, 3.0, 1.0], rest[:, 3:]]))
    assert 2 * 0.5**6 < found.p[0] < 0.05
    assert found.way[0] == 1.0


def test_what_nobody_sampled_is_no_test():
    assert np.isnan(split_of(np.zeros((1, 4)), np.zeros((1, 4))).p).all()
