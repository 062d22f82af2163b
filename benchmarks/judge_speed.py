"""How long a large judgement takes, beside peers' rules on the same numbers, in one run.

    python -m benchmarks.judge_speed

Otava takes part where it can be imported: see `benchmarks.rules.LEFT_OUT`.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import numpy as np

from benchmarks.rules import LEFT_OUT, benchstat, otava
from benchmarks.simulator import Effect, Suite, simulate
from loadstone.model import Measurement, Policy, Side
from loadstone.stats.common.samples import Samples
from loadstone.stats.comparison.analysis import analyse
from loadstone.stats.comparison.judge import judge

REPEATS = 5


def measurements(samples: Samples) -> list[Measurement]:
    """The samples as the runner would have recorded them."""
    return [
        Measurement(case=case, metric=metric.name, side=side, round=number, value=float(value))
        for side, values in ((Side.BASE, samples.base), (Side.HEAD, samples.head))
        for case, metric, row in zip(samples.cases, samples.metrics, values, strict=True)
        for number, value in enumerate(row)
        if np.isfinite(value)
    ]


def best(call: Callable[[], object]) -> float:
    """Seconds of the fastest of a few calls."""
    taken = []
    for _ in range(REPEATS):
        start = perf_counter()
        call()
        taken.append(perf_counter() - start)
    return min(taken)


def main() -> None:
    suite = Suite(cases=40, metrics=20)
    report = simulate(suite, Effect(change=0.1), np.random.default_rng(1))
    measured, plans = measurements(report.samples), suite.plans()
    print(f"40 cases × 20 metrics × 12 rounds, {len(measured)} measurements; best of {REPEATS}")
    print(f"judge, measurements to judgement: {best(lambda: judge(measured, plans)):.3f} s")
    print(
        f"its numbers alone (analyse):      {best(lambda: analyse(report.samples, Policy())):.3f} s"
    )
    print(f"benchstat's rule (Mann-Whitney):  {best(lambda: benchstat(report.samples)):.3f} s")
    if not LEFT_OUT:
        print(f"Otava, base's runs then head's:   {best(lambda: otava(report.samples)):.3f} s")
    for words in LEFT_OUT:
        print(words)
    for cases, metrics in ((200, 30), (1, 6000)):
        print(f"{cases} × {metrics} × 12, judge once: {large(cases, metrics):.1f} s")


def large(cases: int, metrics: int) -> float:
    """Seconds of one whole judgement of so many rows, of 12 rounds."""
    suite = Suite(cases=cases, metrics=metrics)
    report = simulate(suite, Effect(change=0.1), np.random.default_rng(1))
    measured, plans = measurements(report.samples), suite.plans()
    start = perf_counter()
    judge(measured, plans)
    return perf_counter() - start


if __name__ == "__main__":
    main()
