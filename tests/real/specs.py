"""Kubernetes' conformance specs of `[sig-api-machinery]`: which there are, and how they went."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

SIG = "[sig-api-machinery]"
WEBHOOK = "needs a webhook, which would run in a pod"
AGGREGATED = "needs an aggregated API server, which would run in a pod"
OUT_OF_REACH = {  # what the embedded server does not do, by the group of specs that needs it
    "AdmissionWebhook": WEBHOOK,
    "Aggregator": AGGREGATED,
    "CustomResourceConversionWebhook": WEBHOOK,
    "CustomResourceFieldSelectors": WEBHOOK,
}
PODS = (  # specs that wait for pods to run, or want a node
    "should ensure that all pods are removed when a namespace is deleted",
    "should delete pod first",
    "should keep the rc around until all its pods are deleted",
    "should not delete dependents that have both valid owner and owner that",
    "should orphan pods created by rc if delete options say so",
)
_PAGE = """\
# Conformance of the embedded API server

<!-- `make conformance` writes this page. -->

Kubernetes' own conformance specs of `{sig}`, from the {version} suite, run against the
[embedded server](memory-cluster.md) with the real controller manager and scheduler, and with
nodes of KWOK's. Two things are not their defaults: the server's `--compaction-interval` is 15,
since a spec waits for a list to grow too old, and KWOK ends pods as a kubelet does, without taking
off other people's finalizers (`tests/real/stages.yaml`).

Of {all} specs {passed} pass, {failed} fail and {left} are left out.

| spec | result | why |
| --- | --- | --- |
{rows}
"""
PASSED, FAILED, LEFT_OUT = "passed", "failed", "left out"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How one spec went; `why` is empty for one that passed."""

    spec: str
    result: str
    why: str = ""
    seconds: float = 0.0


def focus(names: Iterable[str] = ()) -> str:
    """The pattern that selects conformance specs: all, or those with one of these texts."""
    wanted = "|".join(re.escape(name) for name in names)
    return rf"\[sig-api-machinery\].*(?:{wanted}).*\[Conformance\]"


def skip(more: Iterable[str] = ()) -> str:
    """The pattern of the specs that are not to be run."""
    groups = [rf"\[sig-api-machinery\] {group}" for group in OUT_OF_REACH]
    return "|".join([*groups, *(re.escape(text) for text in more)])


def read(report: Path) -> list[Outcome]:
    """The outcomes in a JSON report of Ginkgo's, without the specs of other groups."""
    found = []
    for suite in json.loads(report.read_text(encoding="utf-8")):
        for spec in suite.get("SpecReports") or ():
            name = " ".join([*(spec.get("ContainerHierarchyTexts") or ()), spec["LeafNodeText"]])
            if SIG in name and "[Conformance]" in name and spec["LeafNodeType"] == "It":
                found.append(_outcome(name, spec))
    return found


def _outcome(name: str, spec: dict[str, object]) -> Outcome:
    state = spec["State"]
    seconds = float(str(spec.get("RunTime") or 0)) / 1e9
    shown = name.removeprefix(f"{SIG} ").removesuffix(" [Conformance]")
    if state == "passed":
        return Outcome(spec=shown, result=PASSED, seconds=seconds)
    if state in ("skipped", "pending"):
        return Outcome(spec=shown, result=LEFT_OUT, why=_reason(shown))
    failure = spec.get("Failure")
    message = str(failure.get("Message", "")) if isinstance(failure, dict) else ""
    return Outcome(spec=shown, result=FAILED, why=_short(message or str(state)), seconds=seconds)


def _reason(spec: str) -> str:
    return next((why for group, why in OUT_OF_REACH.items() if spec.startswith(group)), "not run")


def _short(message: str) -> str:
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return " ".join(lines[:3])[:400]


def merged(reports: Sequence[list[Outcome]]) -> list[Outcome]:
    """One outcome of each spec, from runs that each left the others' specs out."""
    found: dict[str, Outcome] = {}
    for outcome in (outcome for report in reports for outcome in report):
        if outcome.spec not in found or found[outcome.spec].result == LEFT_OUT:
            found[outcome.spec] = outcome
    return [found[spec] for spec in sorted(found)]


def table(outcomes: Sequence[Outcome], version: str) -> str:
    """The page of the reference: counts, and every spec with why it does not pass."""
    rows = [
        f"| {_cell(outcome.spec)} | {outcome.result} | {_cell(outcome.why)} |"
        for outcome in outcomes
    ]
    return _PAGE.format(
        sig=SIG, version=version, all=len(outcomes), rows="\n".join(rows), **_counts(outcomes)
    )


def _counts(outcomes: Sequence[Outcome]) -> dict[str, int]:
    results = [outcome.result for outcome in outcomes]
    return {
        "passed": results.count(PASSED),
        "failed": results.count(FAILED),
        "left": results.count(LEFT_OUT),
    }


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
