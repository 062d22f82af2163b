"""Reports as they must read, in `tests/golden/report/`.

`python -m tests.report.golden` writes them anew; look at the difference before committing it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from loadstone.model import Record
from loadstone.model.series import Series
from loadstone.report import comparison, redline, series, similar
from loadstone.report.bisect import console as bisect
from loadstone.report.comparison import explain_scaling, lookup
from loadstone.report.comparison.explain import explain
from tests.report import (
    bisections,
    failing,
    mixed,
    rendered,
    samples,
    searches,
    similarities,
    trends,
)

FOLDER = Path(__file__).parents[1] / "golden" / "report"
NAMES = (
    "regression",
    "improvement",
    "unchanged",
    "certified",
    "inconclusive",
    "invalid",
    "missed",
    "busy",
    "sizes",
    "even",
    "one-side",
    "not-judged",
    "empty",
    "commits",
)
MIXED = ("found", "busy", "apart")
EXPLAINED = "explained.txt"
SHAPE, GROWTH = "explained-shape.txt", "explained-growth.txt"
FORMS: Mapping[str, Callable[[Record], str]] = {
    "80.txt": lambda record: comparison.terminal(record, width=80),
    "120.txt": lambda record: comparison.terminal(record, width=120),
    "md": rendered.markdown_of,
    "xml": comparison.junit,
}


def explained() -> str:
    """Why one row got its verdict, from numbers that were chosen for it."""
    return explain(samples.get("explained"), "body=600", "rss_peak")


def explained_shape() -> str:
    """Why an exponent is called superlinear."""
    record = samples.get("sizes")
    found = lookup.shape(record, "ingress-config", "cpu_per_1000", "routes")
    return explain_scaling.explain_shape(record, found)


def explained_growth() -> str:
    """Why memory is said to grow."""
    found = lookup.growth(samples.get("sizes"), "routes=500", "process.anon")
    return explain_scaling.explain_growth(found)


def several() -> list[Series]:
    """A series in every state."""
    return [trends.busy(), trends.flat(), trends.few(), trends.empty()]


def _redlines(name: str) -> str:
    return redline.terminal(searches.get(name), width=110)


def _mixed(name: str, form: str) -> str:
    made: Record = getattr(mixed, name)()
    return FORMS[form](made)


def _bisect(name: str) -> str:
    return bisect.terminal(bisections.get(name))


def explained_failures() -> str:
    """Why failed runs are a regression."""
    record = failing.dead_head()
    return explain(record, record.plan.cases[0].case.name, "failed_runs")


TEXTS: Mapping[str, Callable[[], str]] = {
    EXPLAINED: explained,
    SHAPE: explained_shape,
    GROWTH: explained_growth,
    "explained-failures.txt": explained_failures,
    **{f"dead-head.{form}": partial(FORMS[form], failing.dead_head()) for form in FORMS},
    **{f"late.{form}": partial(FORMS[form], failing.late()) for form in FORMS},
    **{f"mixed-{name}.{form}": partial(_mixed, name, form) for name in MIXED for form in FORMS},
    **{f"too-few.{form}": partial(FORMS[form], failing.too_few()) for form in FORMS},
    "explained-mixed.txt": lambda: explain(mixed.found(), "one", "cpu"),
    "explained-coupled.txt": lambda: explain(mixed.busy(), "one", "p50"),
    "explained-adjusted.txt": lambda: explain(mixed.adjusted(), "one", "cpu"),
    "explained-not-adjusted.txt": lambda: explain(mixed.refused(), "one", "cpu"),
    "series.80.txt": lambda: series.terminal([trends.busy()], width=80),
    "series.120.txt": lambda: series.terminal([trends.busy()], width=120),
    "series.md": lambda: series.markdown([trends.busy()]),
    "several-series.120.txt": lambda: series.terminal(several(), width=120),
    "several-series.md": lambda: series.markdown(several()),
    **{f"redline-{name}.txt": partial(_redlines, name) for name in searches.NAMES},
    **{f"bisect-{name}.txt": partial(_bisect, name) for name in bisections.NAMES},
    "bisect-foretold.txt": lambda: bisect.cost(bisections.foretold()),
    "similar.80.txt": lambda: similar.terminal(similarities.similarity(), width=80),
    "similar.120.txt": lambda: similar.terminal(similarities.similarity(), width=120),
    "similar.md": lambda: similar.markdown(similarities.similarity()),
    "redline-lower.80.txt": lambda: redline.terminal(searches.get("lower"), width=80),
    "redline-lower.md": lambda: redline.markdown(searches.get("lower")),
    "redline-limited.md": lambda: redline.markdown(searches.get("limited")),
}


def write() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        for form, render in FORMS.items():
            (FOLDER / f"{name}.{form}").write_text(render(samples.get(name)), encoding="utf-8")
    for name, text in TEXTS.items():
        (FOLDER / name).write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    write()
    sys.stdout.write(f"wrote {len(NAMES) * len(FORMS) + len(TEXTS)} files to {FOLDER.name}\n")
