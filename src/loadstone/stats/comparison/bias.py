"""Bias of a build: a random effect of known size, alike in every round though nothing changed.

Another layout of the same code, another placement: it moves a case up or down by about so much
(a percent is usual: Mytkowicz and others 2009; Curtsinger and Berger 2013), and no number of rounds
shows it, nor could it be told from a change. So what is tested is whether a row is further from 0
than that: the p-value is its mean over a normal bias of standard deviation b (a random effect that
is known: Kalibera and Jones 2013). A row whose error is far larger is hardly touched. Intervals say
what differed in this session, and are as wide as its rounds make them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from loadstone.model import Metric
from loadstone.stats.common.samples import Floats, Samples

# Choices; "layout: 1 % per case", "layout, 6 × 4, sharp" and "mixed, layout" show what they do.
USUAL = 0.008  # log-ratio (sd) where nothing was learnt: hardly ever beyond 2.3 %
TIMES = ("s", "1/s", "By/s")  # units of what a layout or a placement moves
PART = 3  # of the margin, and no more: whoever asks for small changes says they can be shown
MIXED = 5  # the same of mixed pairs, whose placements are drawn anew in every round
AMOUNTS = 10  # and of bytes and counts, which no layout moves
SHARED = 1.25  # times as much of a mean over cases or metrics: what they share is what lasts


def biases(table: Samples, learnt: Mapping[str, float] | None = None) -> Floats:
    """Standard deviation b of each row's bias, as a log-ratio; learnt ones by metric.

    Never more than a part of the margin unless it was learnt.
    """
    known = learnt or {}
    rows = zip(table.metrics, table.mixed.tolist(), strict=True)
    return np.array([known.get(one.name, _usual(one, mixed=mixed)) for one, mixed in rows])


def _usual(metric: Metric, *, mixed: bool) -> float:
    part = AMOUNTS if metric.unit not in TIMES else MIXED if mixed else PART
    return min(USUAL, float(np.log1p(metric.margin)) / part)
