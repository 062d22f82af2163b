"""The peers' rules that compare with stored values of earlier commits.

Each commit was measured once, on a day and machine of its own; `simulated` makes such a past. There
is no change in it and every commit has as many runs as this session, which flatters these rules.
`EVERY` are these and those that need this session alone, all called alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.random import Generator
from scipy.stats import t  # type: ignore[attr-defined]

from benchmarks.rules import LEFT_OUT, RULES, Flags, Rule, changes_from
from benchmarks.simulator import Effect, Suite, simulate
from loadstone.model import Direction
from loadstone.stats.common.samples import Floats, Samples

Past = Floats  # rows × commits × runs, oldest commit first
StoredRule = Callable[[Samples, Past], Flags]
COMMITS = 100  # stored before this one: as many as any of the rules looks back


def simulated(suite: Suite, random: Generator) -> Past:
    """What a tool has kept of sessions in which nothing changed: the runs of their head."""
    sessions = [simulate(suite, Effect(), random).samples for _ in range(COMMITS)]
    return np.stack([session.head for session in sessions], axis=1)


def bencher(samples: Samples, past: Past) -> Flags:
    """Bencher's t-test threshold as its documentation sets it: 0.99, of at most 64 earlier values.

    A value is the mean of its runs; it is flagged when it lies beyond the prediction interval of
    one new value, on the side that is worse.
    """
    stored, now = _mean(_alike(past, samples))[:, -64:], _mean(samples.head)
    n = np.sum(np.isfinite(stored), axis=1)
    bound = t.ppf(0.99, n - 1) * np.nanstd(stored, axis=1, ddof=1) * np.sqrt(1 + 1 / n)
    return np.asarray(_worse(samples, now - np.nanmean(stored, axis=1)) > bound)


def conbench(samples: Samples, past: Past) -> Flags:
    """Conbench's z-score: more than 5 standard deviations from the mean of 100 earlier commits.

    A value is the best of its runs.
    """
    best = [_best(samples, each) for each in (_alike(past, samples), samples.head)]
    stored = best[0][:, -100:]
    mean = np.nanmean(stored, axis=1)
    return np.asarray(np.abs(best[1] - mean) > 5 * np.nanstd(stored, axis=1, ddof=1))


def doubled(samples: Samples, past: Past) -> Flags:
    """github-action-benchmark's default: worse than 200 % of the last stored value."""
    ratio = np.log(_mean(samples.head)) - np.log(_mean(_alike(past, samples))[:, -1])
    return np.asarray(_worse(samples, ratio) > np.log(2.0))


def otava_stored(samples: Samples, past: Past) -> Flags:
    """Otava as its users run it: one value a commit, and a change point at the newest."""
    whole = np.column_stack([_mean(_alike(past, samples)), _mean(samples.head)])
    return np.array([changes_from(row, row.size - 1) for row in whole])


def _stored() -> Iterator[tuple[str, StoredRule]]:
    yield "t-test 0.99 of 64 stored commits (Bencher)", bencher
    yield "z = 5 of 100 stored commits (Conbench)", conbench
    yield "200 % of the last stored commit (github-action-benchmark)", doubled
    if not LEFT_OUT:
        yield "Otava, stored commits then head", otava_stored


def _now(rule: Rule) -> StoredRule:
    return lambda samples, _past: rule(samples)


STORED: Mapping[str, StoredRule] = dict(_stored())
EVERY: Mapping[str, StoredRule] = {
    **{name: _now(rule) for name, rule in RULES.items()},
    **STORED,
}


def _alike(past: Past, samples: Samples) -> Past:
    """The past with as many runs a commit as this session: the best of more would be better."""
    return past[:, :, : samples.head.shape[1]]


def _mean(runs: Floats) -> Floats:
    return np.asarray(np.nanmean(runs, axis=-1))


def _best(samples: Samples, runs: Floats) -> Floats:
    low, high = np.nanmin(runs, axis=-1), np.nanmax(runs, axis=-1)
    return np.asarray(np.where(_falling(samples, low), low, high))


def _worse(samples: Samples, change: Floats) -> Floats:
    return np.asarray(np.where(_falling(samples, change), change, -change))


def _falling(samples: Samples, like: Floats) -> Flags:
    """Which rows are better when they are less, in the dimensions of `like`."""
    less = np.array([metric.direction is not Direction.HIGHER for metric in samples.metrics])
    return less.reshape(-1, *[1] * (like.ndim - 1))
