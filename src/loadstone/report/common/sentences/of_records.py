"""Sentences for why a stored record is not used, or not as it is."""

from __future__ import annotations

from loadstone.report.common.sentences.filling import Table

OF_RECORDS: Table = {
    # why a baseline must not gate
    "cases": (
        "not in the baseline: {names}",
        "not in the baseline: {names} and {more:.0f} more",
    ),
    "component": "another component: now {now}, in the baseline {then}",
    "counted": "{case}: {metric} has another counted: now {now}, in the baseline {then}",
    "design": "{case}: measured in {now} rounds, in the baseline in {then} ones",
    "direction": "{case}: {metric} has another direction: now {now}, in the baseline {then}",
    "environment": (
        "another environment: now {now}, in the baseline {then}",
        "another environment: now {now}, in the baseline {then} ({facts})",
    ),
    "harness": "another harness: now {now}, in the baseline {then}",
    "metrics": (
        "{case}: not in the baseline: {names}",
        "{case}: not in the baseline: {names} and {more:.0f} more",
    ),
    "no-runs": ("the baseline has no valid run", "{record}: has no valid run"),
    "provider": (
        "another provider: now {now}, in the baseline {then}",
        "{record}: its plan and its environment name other providers",
    ),
    "scenarios": "other scenarios: {now} instead of {then}",
    "tier": "another tier: now {now}, in the baseline {then}",
    "unit": "{case}: {metric} has another unit: now {now}, in the baseline {then}",
    "workload": "{case}: another {field}",
    # why a record is not of a series, or a part of it is not
    "case-gone": "{case}, which is no longer measured: not used of {records:earlier records}",
    "elsewhere": "{record}: lies in the wrong folder: it is of {component}, tier {tier}, {key}",
    "metric-gone": "{metric} of {case}, which is no longer measured: "
    "not used of {records:earlier records}",
    "other-measure": "{metric} of {case}, which was measured otherwise: "
    "not used of {records:earlier records}",
    "other-design": "{case}, which was measured in another design: "
    "not used of {records:earlier records}",
    "other-workload": "{case}, which had another workload: not used of {records:earlier records}",
    "redlines": "{record}: is of a search for redlines",
    "beginning": "{record}: is the beginning of {other}",
    "twice": ("the same session is there already", "{record}: is the same record as {other}"),
    "unreadable": "{message}",
    # why a pull request is held to no record
    "no-records": "no record is of this component, these scenarios, this tier and environment",
    "no-commits": "{records:records} of this series are there, and none says of which commit it is",
    "no-ancestor": "none of {records:records} of this series is of {commit} or one of the commits "
    "before it ({looked:.0f} were looked at)",
    "shallow": "none of {records:records} of this series is of {commit} or one of the "
    "{looked:.0f} commits of the history that are here; it is cut off, so check out with "
    "`fetch-depth: 0`",
    # why a record is no material for an audit
    "invalid": "it has no valid judgement",
    "not-aa": (
        "{base} and {head} are different programs ({base_digest} and {head_digest})",
        "{base} is compared with {head}",
    ),
    "series": "another {field}: {value}",
    # why a commit is passed over in a bisection
    "build-failed": "it does not build: {said}",
    "never-ready": "it cannot be measured: {said}",
    "no-pairs": "it cannot be measured: most of its runs do not count",
    # why a run says nothing of a size
    "objectives-missing": "{metrics} was not measured",
}
