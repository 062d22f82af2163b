"""Bias of a build: a random effect of known size, alike in every round though nothing changed.

Another layout of the same code, another placement: it moves a case up or down by about so much
(a percent is usual: Mytkowicz and others 2009; Curtsinger and Berger 2013), and no number of rounds
shows it, nor could it be told from a change. So what is tested is whether a row is further from 0
than that: the p-value is its mean over a normal bias of standard deviation b (a random effect that
is known: Kalibera and Jones 2013). A row whose error is far larger is hardly touched. Intervals say
what differed in this session, and are as wide as its rounds make them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from loadstone.model import Metric
from loadstone.stats.common.samples import Floats

# Choices; "layout: 1 % per case" and "layout, 6 × 4, sharp" show what they do.
USUAL = 0.008  # log-ratio (sd) where nothing was learnt: hardly ever beyond 2.3 %
SHARED = 1.25  # times as much of a mean over cases or metrics: what they share is what lasts


def biases(metrics: Sequence[Metric], learnt: Mapping[str, float] | None = None) -> Floats:
    """Standard deviation b of each row's bias, as a log-ratio; learnt ones by metric.

    Never more than a third of the margin unless it was learnt: whoever asks for small changes of a
    metric says that it can show them.
    """
    known = learnt or {}
    return np.array(
        [known.get(one.name, min(USUAL, float(np.log1p(one.margin)) / 3)) for one in metrics]
    )
