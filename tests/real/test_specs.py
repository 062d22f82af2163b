"""What is made of the suite's report."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tests.real import specs
from tests.real.specs import FAILED, LEFT_OUT, PASSED, Outcome


def report(path: Path, *found: dict[str, Any]) -> Path:
    path.write_text(json.dumps([{"SpecReports": list(found)}]))
    return path


def spec(text: str, state: str, **more: Any) -> dict[str, Any]:
    container = ["[sig-api-machinery] Watchers"]
    leaf = {"LeafNodeText": f"{text} [Conformance]", "LeafNodeType": "It"}
    return {"ContainerHierarchyTexts": container, "State": state, "RunTime": 5e8, **leaf, **more}


def test_an_outcome_says_what_failed_and_how_long_it_took(tmp_path: Path) -> None:
    failure = {"Failure": {"Message": "expected 3 pods,\n  got 2\n"}}
    found = specs.read(
        report(tmp_path / "r.json", spec("a", "passed"), spec("b", "failed", **failure))
    )
    assert found == [
        Outcome(spec="Watchers a", result=PASSED, seconds=0.5),
        Outcome(spec="Watchers b", result=FAILED, why="expected 3 pods, got 2", seconds=0.5),
    ]


def test_a_spec_without_a_message_says_its_state(tmp_path: Path) -> None:
    (found,) = specs.read(report(tmp_path / "r.json", spec("a", "timedout")))
    assert (found.result, found.why) == (FAILED, "timedout")


def test_other_groups_and_hooks_are_no_specs(tmp_path: Path) -> None:
    other = {**spec("a", "passed"), "ContainerHierarchyTexts": ["[sig-node] Pods"]}
    hook = {**spec("a", "passed"), "LeafNodeType": "BeforeSuite"}
    assert specs.read(report(tmp_path / "r.json", other, hook)) == []


def test_what_needs_a_webhook_says_so(tmp_path: Path) -> None:
    left = {**spec("a", "skipped"), "ContainerHierarchyTexts": ["[sig-api-machinery] Aggregator"]}
    (found,) = specs.read(report(tmp_path / "r.json", left))
    assert (found.result, found.why) == (LEFT_OUT, specs.AGGREGATED)


def test_the_patterns_choose_as_the_suite_reads_them() -> None:
    name = "[sig-api-machinery] AdmissionWebhook [Privileged:ClusterAdmin] works [Conformance]"
    assert re.search(specs.focus(), name)
    assert re.search(specs.skip(), name)
    assert re.search(specs.focus(["works"]), name)
    assert not re.search(specs.focus(["[Slow]"]), name)
    assert not re.search(specs.skip(), "[sig-api-machinery] Watchers works [Conformance]")


def test_of_two_runs_the_one_that_ran_a_spec_counts() -> None:
    ran = Outcome(spec="a", result=PASSED)
    assert specs.merged([[Outcome(spec="a", result=LEFT_OUT)], [ran]]) == [ran]


def test_the_page_counts_and_says_why() -> None:
    page = specs.table(
        [
            Outcome(spec="a", result=PASSED),
            Outcome(spec="b | c", result=FAILED, why="got <nil>"),
            Outcome(spec="d", result=LEFT_OUT, why=specs.WEBHOOK),
        ],
        "v1.34.4",
    )
    assert "Of 3 specs 1 pass, 1 fail and 1 are left out." in page
    assert "| b \\| c | failed | got &lt;nil> |" in page
    assert f"| d | left out | {specs.WEBHOOK} |" in page
