"""How often the judge is wrong, how much it finds, and what it costs, on simulated clusters.

    python -m benchmarks.operating_characteristics [--reports 500] [--seed 1] [--only WORD]
        [--share 1]

prints the table of docs/reference/operating-characteristics.md with its Monte-Carlo errors. The
numbers in the code were chosen on other seeds (below 100) than those printed (1000 and up).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import sqrt

import numpy as np

from benchmarks.rules import Flags
from benchmarks.simulator import MIXED, Effect, Report, Suite, simulate
from loadstone.model import Design, Goal, Policy
from loadstone.stats.common.samples import Samples, places
from loadstone.stats.comparison.analysis import Analysis, analyse
from loadstone.stats.comparison.history import History
from loadstone.stats.comparison.learning import model
from loadstone.stats.comparison.sequential import promising

PROJECTS = 20  # different suites, each with scales of its own
HISTORY_ROUNDS = 6
EFFECTS = {
    "none": Effect(),
    "+10 %": Effect(change=0.10),
    "tail +50 %": Effect(change=0.50, tail_only=True),
    "+5 %": Effect(change=0.05),
}
ALLOCATED = ("allocations", "allocated")
# Small changes of one kind, in all cases alike or in one of them, for pairs measured at once.
SHARP = {
    "none": Effect(),
    "CPU +2 %": Effect(change=0.02, share=1.0, metrics=("cpu",)),
    "CPU +2 % in one case": Effect(change=0.02, share=0.0, metrics=("cpu",)),
    "allocations +1 %": Effect(change=0.01, share=1.0, metrics=ALLOCATED),
    "allocations +1 % in one case": Effect(change=0.01, share=0.0, metrics=ALLOCATED),
}


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One line of the table: a suite, a policy, and the reports its history comes from."""

    name: str
    suite: Suite = field(default_factory=Suite)
    policy: Policy = field(default_factory=Policy)
    history: int = 0
    share: float = 0.6  # of the reports asked for
    changed: bool = True  # whether it is tried with changes, too
    sharp: bool = False  # whether with those of `SHARP`

    @property
    def effects(self) -> Mapping[str, Effect]:
        return SHARP if self.sharp else EFFECTS


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one report said: which of its rows it flagged, and which it certified."""

    any: bool
    suite: bool  # a suite row was flagged
    found: bool
    shared: bool  # a suite row was, of a metric that changed in more than half of the cases
    rows: float  # share of the truly changed rows that were flagged
    false: float  # share of the flagged rows that did not change
    wrong: int  # flagged in the wrong direction
    rounds: float  # per case
    covered: float
    held: float  # coverage among the truly changed rows, NaN without any
    unchanged: float  # share of the unchanged rows called unchanged


# Less noise, heavier tails, more neighbours, metrics less alike: the corrected rank test and the
# paired t-test find here about what published comparisons on cluster-like noise say of them.
CALM = Suite(
    noise=0.83,
    tails=3.0,
    case_spread=0.25,
    row_spread=0.24,
    today=0.10,
    drift=0.05,
    outliers=0.22,
    related=0.46,
)
BIG = Suite(cases=40, metrics=20)
PR, QUICK = Policy(looks=(4, 6, 8)), Policy(looks=(4, 5))
# What a bias, a placement or an order does to unchanged reports, and noise that no model foresees.
SMALL = replace(CALM, cases=6, metrics=4)
SURVIVING = {
    "layout: 1 % per case": replace(CALM, layout=0.01),
    "layout, 6 × 4, sharp": replace(SMALL, layout=0.01, noise=0.15),
    "placement: 2 % per side": replace(CALM, placed=0.02),
    "deployed once, 4 % of the variance": replace(CALM, deployed=0.04),
    "blocked order": replace(CALM, blocked=True),
    "two modes, 30 % apart": replace(CALM, modes=0.26),
    "two modes, little else": replace(CALM, modes=0.26, noise=0.3),
    "pairs correlated by 0.3": replace(CALM, chained=0.3),
    "scales that change by e^±0.5 from round to round": replace(CALM, uneven=0.5),
    "head twice as noisy": replace(CALM, lopsided=2.0),
}
CERTIFY = Policy(goal=Goal.CERTIFY)
# Both sides at once: what drifts is the same for both, and neighbours are felt by both.
AT_ONCE = Suite(
    kinds_of=MIXED,
    design=Design.MIXED,
    cases=4,
    case_spread=0.2,
    row_spread=0.2,
    today=0.15,
    outliers=0.05,
    startup=0.0,
    order=0.0,
)
FEW = Policy(looks=(4, 6))
LASTING = {
    "layout 0.3 % per case": replace(AT_ONCE, layout=0.003),
    "layout 0.5 % per case": replace(AT_ONCE, layout=0.005),
    "placement 0.3 % per side": replace(AT_ONCE, placed=0.003),
    "three times the noise": replace(AT_ONCE, noise=3.0),
    "a third of the noise": replace(AT_ONCE, noise=1 / 3),
    "two modes, 3 % apart": replace(AT_ONCE, modes=0.03),
}
SETTINGS = [
    Setting(name="cold", share=1.0),
    Setting(name="history of 4", history=4),
    Setting(name="history of 20", history=20, share=1.0),
    Setting(name="calm, cold", suite=CALM, share=1.0),
    Setting(name="calm, history of 20", suite=CALM, history=20, share=1.0),
    Setting(name="cold, 6 rounds", policy=Policy(looks=(6,))),
    Setting(name="history of 20, 6 rounds", policy=Policy(looks=(6,)), history=20),
    Setting(name="cold, outliers doubled", suite=Suite(outliers=0.16, startup=0.04)),
    Setting(name="cold, noise ×2", suite=Suite(noise=2.0)),
    Setting(name="cold, t₃ noise", suite=Suite(tails=3.0)),
    Setting(name="cold, normal noise", suite=Suite(tails=np.inf)),
    Setting(name="cold, 10 % missing", suite=Suite(missing=0.1)),
    Setting(name="cold, 3 × 3", suite=Suite(cases=3, metrics=3), share=1.0),
    Setting(name="cold, 40 × 20", suite=BIG, share=0.3),
    Setting(
        name="cold, scales e^±1.2 apart",
        suite=Suite(case_spread=1.2, row_spread=0.8, tails=3.0),
    ),
    Setting(
        name="history of 20, scales e^±1.2 apart",
        suite=Suite(case_spread=1.2, row_spread=0.8, tails=3.0),
        history=20,
    ),
    *(
        Setting(name=f"calm, {pace}, {start}", suite=CALM, policy=policy, history=history)
        for pace, policy in {"looks 4, 6, 8": PR, "looks 4, 5": QUICK}.items()
        for start, history in {"cold": 0, "history of 20": 20}.items()
    ),
    *(
        Setting(name=f"{name}{also}", suite=suite, policy=policy, history=history, changed=False)
        for name, suite in SURVIVING.items()
        for also, policy, history in (
            ("", Policy(), 0),
            (", 4, 6, 8", PR, 0),
            (", warm", Policy(), 20),
        )
    ),
    *(
        Setting(name=name, suite=suite, policy=policy, history=history, sharp=True)
        for name, suite, policy, history in (
            ("mixed, looks 4, 6", AT_ONCE, FEW, 0),
            ("mixed, looks 4, 6, 8", AT_ONCE, PR, 0),
            ("mixed, history of 10", AT_ONCE, FEW, 10),
            ("mixed, 2 cases", replace(AT_ONCE, cases=2), FEW, 0),
            ("mixed, 1 case", replace(AT_ONCE, cases=1), FEW, 0),
            ("mixed, certify", AT_ONCE, CERTIFY, 0),
        )
    ),
    *(
        Setting(name=f"mixed, {name}", suite=suite, policy=FEW, changed=False)
        for name, suite in LASTING.items()
    ),
    Setting(name="calm, certify, cold", suite=CALM, policy=CERTIFY, share=0.3),
    Setting(name="calm, certify, history of 20", suite=CALM, policy=CERTIFY, history=20, share=0.3),
    Setting(name="certify, cold", policy=CERTIFY, share=0.3),
    Setting(name="certify, history of 20", policy=CERTIFY, history=20, share=0.3),
]


def shown(samples: Samples, keep: Flags, rounds: int) -> Samples:
    """What had been measured after so many rounds, of the rows × rounds to keep."""
    kept = keep[:, :rounds]
    return replace(
        samples,
        base=np.where(kept, samples.base[:, :rounds], np.nan),
        head=np.where(kept, samples.head[:, :rounds], np.nan),
        rounds=samples.rounds[:rounds],
    )


def judged(samples: Samples, policy: Policy, history: History | None) -> tuple[Analysis, float]:
    """The last analysis of a report that is steered as the product steers it; rounds per case."""
    cases = places(samples.cases)
    names = list(dict.fromkeys(samples.cases))
    keep = np.zeros(samples.base.shape, dtype=bool)
    open_ = set(names)
    done, cost = 0, 0
    for look in policy.looks:
        keep[:, done:look] = np.array([names[case] in open_ for case in cases])[:, None]
        cost += (look - done) * len(open_)
        done = look
        analysis = analyse(shown(samples, keep, look), policy, history)
        open_ = set(promising(analysis, samples.cases, policy))
        if look == policy.looks[-1] or not open_:
            return analysis, cost / len(names)
    raise ValueError("a policy needs at least one look")


def outcome(report: Report, analysis: Analysis, rounds: float) -> Outcome:
    """How the analysis of a report compares to its truth."""
    size = len(report.truth)
    flagged, changed = analysis.flagged[:size], report.truth != 0
    right = flagged & changed
    signs = np.sign(analysis.location[:size]) != np.sign(report.truth)
    known = np.isfinite(analysis.low[:size])
    covered = (analysis.low[:size] <= report.truth) & (report.truth <= analysis.high[:size])
    return Outcome(
        any=bool(analysis.flagged.any()),
        suite=bool(analysis.flagged[size:].any()),
        found=bool(right.any()),
        shared=bool(analysis.flagged[size:][_moved(analysis, size, changed)].any()),
        rows=float(right.sum() / max(changed.sum(), 1)),
        false=float((flagged & ~changed).sum() / max(flagged.sum(), 1)),
        wrong=int((right & signs).sum()),
        rounds=rounds,
        covered=float(covered[known].mean()),
        held=float(covered[known & changed].mean()) if changed.any() else float("nan"),
        unchanged=float(analysis.unchanged[:size][~changed].mean()) if not changed.all() else 1.0,
    )


def _moved(analysis: Analysis, size: int, changed: Flags) -> Flags:
    """Of the suite rows those whose metric changed in more than half of the cases."""
    names = np.array([metric.name for metric in analysis.metrics])
    share = {name: changed[names[:size] == name].mean() for name in names[:size]}
    return np.array([share[name] > 0.5 for name in names[size:]], dtype=bool)


@lru_cache(maxsize=PROJECTS)  # the effects of a line share them
def history_of(setting: Setting, seed: int, project: int) -> History | None:
    """The noise model of a project, learnt from unchanged reports of its own."""
    return model(_past(setting, seed, project)) if setting.history else None


def _past(setting: Setting, seed: int, project: int) -> Iterator[Samples]:
    suite = suite_of(setting, seed, project)
    for number in range(setting.history):
        random = np.random.default_rng([seed, 1, project, number])
        samples = simulate(suite, Effect(), random).samples
        yield shown(samples, np.ones(samples.base.shape, dtype=bool), HISTORY_ROUNDS)


def suite_of(setting: Setting, seed: int, project: int) -> Suite:
    return replace(setting.suite, seed=1000 * seed + project)


def reports(setting: Setting, effect: Effect, number: int, seed: int) -> Iterator[Report]:
    for index in range(number):
        random = np.random.default_rng([seed, 2, index])
        yield simulate(suite_of(setting, seed, index % PROJECTS), effect, random)


def run(setting: Setting, effect: Effect, number: int, seed: int) -> list[Outcome]:
    """Outcomes of `number` reports."""
    found = []
    for index, report in enumerate(reports(setting, effect, number, seed)):
        known = history_of(setting, seed, index % PROJECTS)
        analysis, rounds = judged(report.samples, setting.policy, known)
        found.append(outcome(report, analysis, rounds))
    return found


def share(values: Sequence[float]) -> str:
    """A mean as a percentage with its Monte-Carlo standard error."""
    mean = float(np.mean(values))
    error = float(np.std(values)) / sqrt(len(values))
    return f"{100 * mean:.1f} ± {100 * max(error, 0.1 / len(values)):.1f} %"


def line(setting: Setting, number: int, seed: int, cases: float) -> str:
    """A line of the table. `cases`: the share of them that changes touch."""
    none = run(setting, setting.effects["none"], number, seed)
    cells = [setting.name, share([one.any for one in none]), _rounds(none)]
    cells.append(share([one.covered for one in none]))
    cells.append(share([one.unchanged for one in none]))
    if not setting.changed:
        return " | ".join([*cells, share([one.suite for one in none])])
    wrong, false, held = 0, [], []
    for label, effect in setting.effects.items():
        if label == "none":
            continue
        given = replace(effect, share=cases) if not setting.sharp else effect
        some = run(setting, given, max(number // 2, 10), seed)
        cells += [
            share([one.found or one.shared for one in some]),
            share([one.rows for one in some]),
        ]
        cells.append(_rounds(some))
        wrong += sum(one.wrong for one in some)
        false += [one.false for one in some]
        held += [one.held for one in some]
    return " | ".join([*cells, share(held), share(false), str(wrong)])


def _rounds(outcomes: Sequence[Outcome]) -> str:
    return f"{np.mean([one.rounds for one in outcomes]):.2f}"


def main(write: Callable[[str], None] = print) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--only", default="")
    parser.add_argument("--share", type=float, default=0.25, help="of the cases that change")
    asked = parser.parse_args()
    write(
        "(without changes, the last column is the alarms of suite rows)\n"
        "setting | alarm | rounds | coverage | certified | found +10 % | rows | rounds | "
        "found tail | rows | rounds | found +5 % | rows | rounds | coverage | false | wrong"
    )
    for setting in SETTINGS:
        if setting.sharp and asked.only in setting.name:
            write(f"({', '.join(list(SHARP)[1:])}: found, rows, rounds of each)")
        if asked.only in setting.name:
            number = max(round(asked.reports * setting.share), 20)
            write(line(setting, number, asked.seed, asked.share))


if __name__ == "__main__":
    main()
