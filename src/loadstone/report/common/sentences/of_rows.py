"""Sentences for warnings beside the rows of a comparison, and of a change point in a series."""

from __future__ import annotations

from loadstone.report.common.sentences.filling import Table

OF_ROWS: Table = {
    # of a row
    "certain": "counted exactly, over {rounds:rounds}",
    "coupled": (
        "not gated: both sides shared cores, {load:percent} of them busy (at most {limit:percent})",
        "not gated: both sides shared cores, and how busy is not known (at most {limit:percent})",
    ),
    "differences": "judged by differences, since ratios of zero or negative values say nothing",
    "functions": "what functions cost a {unit} went {functions}",
    "failed-runs": "{head} of {heads:runs} failed on the head, {base} of {bases:runs} on the base",
    "few-requests": (
        "this percentile rests on {expected} requests a run; it needs {needed}",
        "{metric} rests on {have:.0f} observations a run, {needed:.0f} needed",
    ),
    "few-points": "{runs:runs} had fewer than {needed} points of this series",
    "few-runs": "this rests on {runs:rounds} with both sides; it needs {needed}",
    "growing": "keeps growing on the head, by {slope} a second (at least {low}); "
    "on the base too: {base}",
    "no-base": "only the head was measured, in {rounds:rounds}: nothing to compare with",
    "no-direction": "the scenario does not say which way is good, so this is not judged",
    "no-head": "only the base was measured, in {rounds:rounds}: nothing to compare",
    "no-solo-rounds": "not held yet: absolute bounds are held against solo rounds, and there is "
    "no valid one",
    "no-logarithm": "{left} of {pairs:pairs} count, the others are zero or negative on a side",
    "not-measured": "no valid run gave a value",
    "few-pairs": "{pairs:rounds} show nothing of a count, however large the change: it takes "
    "{needed:.0f}",
    "one-pair": "one pair of runs says nothing about noise",
    "superlinear": "grows faster than {axis} on the head: its exponent is {head:exponent}, "
    "on the base {base:exponent}",
    "small-sizes": "its exponent moved because small sizes did: at {axis}={size}, the largest, "
    "it changed by {change:change}",
    "bent": "was a straight line in {axis} and bends on the head: its middle lies {bend:percent} "
    "of the rise below a line between its ends",
    "relative-to-suite": "compared with the other cases, which moved by {suite:change} since then",
    "unpaired": "{paired} of {rounds:rounds} have both sides; the others are not used",
    "unstable-history": "changed too often without a change over the last {reports:reports}; "
    "reported, not gated",
    "wild-round": "round {round} is far off ({side:sides}) and counts little",
    # of a change point in a series
    "all-alike": "all cases moved alike, which a machine can do as well as a program",
    "beside-base": "compared with base of the same records, one revision in all of them",
    "beside-suite": "compared with what the metric's other cases did in the same records",
    "surroundings": "the environment changed there too: {fact} from {before} to {after}",
    "unconfirmed": "not sure enough to gate: that takes two looks in a row, at 0.4 of the level",
}
