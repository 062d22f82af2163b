"""Sentences for warnings that are true of a whole report."""

from __future__ import annotations

from loadstone.report.common.sentences.filling import Table

OF_REPORTS: Table = {
    "adjusted": "{rows:rows} would be sharper beside a neighbour's CPU time, which drifted "
    "with them; that never gates, and `loadstone explain` shows it",
    "across": "the baseline is of another day: how much days differ without a change, known from "
    "{sessions:sessions}, is part of every interval",
    "audited": "{alarms} of {reports:A/A reports} alarmed here ({low:percent} to {high:percent}); "
    "{covered:percent} of their intervals held 0",
    "baseline": "the base was not measured now: it is the head of {baseline}",
    "baselines-unreached": "the baselines cannot be read, so nothing is known of earlier noise, "
    "and no row is held against one: {said}",
    "certified": "{rows} of {of:gated rows} are no worse than their margins, "
    "at a level of {level:percent}",
    "extended": "more rounds were asked for after {done:rounds}; on two equal revisions, this "
    "report or one before it flags anything with a chance of at most {either:percent}",
    "invalid-case": "{case} has too few valid runs to be judged",
    "levels-apart": "{case}: {metric} of the {side} is {apart:change} in mixed pairs beside its "
    "solo rounds ({low:change} to {high:change}), so what pairs say of it may not hold of the "
    "program alone",
    "mixed-environments": "{kinds:kinds} of machines measured, each case on one of them; they "
    "differ in {facts}",
    "shard-missing": "shard {number} of {of} is missing, with {cases:cases}: this is no pass",
    "shard-unfinished": "shard {number} of {of} broke off, with {cases:cases}: this is no pass",
    "warm": "how noisy each metric is was learnt from {reports:earlier reports}",
    # of the profiles that lie beside it
    "profile-not-compared": "{kind} profiles of {case}: {said}",
    "profile-thin": "{kind} profiles of {case}: {thin:.0f} of {of:.0f} profiles are too thin and "
    "left out: one saw {seen:whole ms} of the {counted:whole ms} that the kernel counted",
    "profile-type": "{kind} profiles are compared by `{by}`, which is what they hold",
    "profiling-moved": "{case}: taking profiles alone moves {metric}, base and head alike, by "
    "{change:change} ({low:change} to {high:change})",
    "profile-unreadable": (
        "{kind} profiles of {case}: 1 profile cannot be read, {said}",
        "{kind} profiles of {case}: {broken:.0f} profiles cannot be read, such as {said}",
    ),
}
