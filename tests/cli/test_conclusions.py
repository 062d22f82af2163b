"""Every way in which a comparison can end, in every format: all of them say the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from loadstone.cli.exit import exit_code
from loadstone.errors import MeasurementFailed
from loadstone.flows import judge, output_directory
from loadstone.model import Goal, MetricSource, Note, Objective, Policy, Record, Run, Side
from loadstone.report import comparison
from tests.report import rendered
from tests.stats.helpers import metric
from tests.stats.sessions import session

EXITED = Note(code="exited", data={"text": "the component ended with status 3 during the run"})
LATE = Note(code="generator-bottleneck", data={"text": "sent late"}, voids=("latencies", "rates"))
SOURCES = {
    "p50": MetricSource(quantity="latency.p50"),
    "p99": MetricSource(quantity="latency.p99"),
    "cpu": MetricSource(quantity="process.cpu_seconds"),
}


def calm(number: int = 1, **fields) -> Record:
    made = session(number, rounds=6, noise=0.01, **fields)
    cases = [replace(plan, sources=SOURCES) for plan in made.plan.cases]
    return replace(made, plan=replace(made.plan, cases=cases))


def policy(record: Record, **fields) -> Record:
    return replace(record, plan=replace(record.plan, policy=Policy(**fields)))


def bound(record: Record, **bounds: float) -> Record:
    first, *rest = record.plan.cases
    held = replace(first, objectives=[Objective(metric="p50", **bounds)])
    return replace(record, plan=replace(record.plan, cases=[held, *rest]))


def failing(record: Record, reason: Note, falls: Callable[[Run], bool]) -> Record:
    """With runs that are void for a reason, as measuring would leave them."""
    left = [name for name, source in SOURCES.items() if source.quantity[:7] != "latency"]
    runs = [
        replace(
            run,
            invalid=(reason,),
            values={name: run.values[name] for name in (left if reason.voids else run.values)},
        )
        if falls(run)
        else run
        for run in record.runs
    ]
    return replace(record, runs=runs)


def ungated(record: Record) -> Record:
    cases = [
        replace(plan, metrics=[replace(each, gated=False) for each in plan.metrics])
        for plan in record.plan.cases
    ]
    return replace(record, plan=replace(record.plan, cases=cases))


def small_everywhere() -> Record:
    """A change that no case shows alone, and all cases together do."""
    cases = tuple(f"case-{number}" for number in range(16))
    made = session(5, rounds=6, noise=0.04, cases=cases, change={("", "cpu"): 0.06})
    return policy(made, looks=(6,))


def counted(rounds: int, head: float = 20.0) -> Record:
    """One gated metric, counted alike in every run of a side: 2 on the base."""
    requests = metric("requests", unit="1", counted=True)
    made = session(1, rounds=rounds, metrics=[requests])
    runs = [
        replace(run, values={"requests": head if run.side is Side.HEAD else 2.0})
        for run in made.runs
    ]
    return replace(made, runs=runs)


@dataclass(frozen=True, kw_only=True)
class Ending:
    """What a record comes to: exit code, verdict, and how the first line begins."""

    made: Callable[[], Record]
    code: int
    verdict: str
    begins: str


ENDINGS = {
    "nothing changed": Ending(
        made=lambda: policy(calm(), looks=(6,)), code=0, verdict="unchanged", begins="● No change"
    ),
    "better": Ending(
        made=lambda: calm(change={("one", "cpu"): -0.5}),
        code=0,
        verdict="improvement",
        begins="✔ Improvement",
    ),
    "worse": Ending(
        made=lambda: calm(change={("one", "cpu"): 0.5}),
        code=1,
        verdict="regression",
        begins="✘ Regression",
    ),
    "worse over all cases only": Ending(
        made=small_everywhere, code=1, verdict="regression", begins="✘ Regression"
    ),
    "worse and not gated": Ending(
        made=lambda: ungated(calm(change={("one", "cpu"): 0.5})),
        code=0,
        verdict="unchanged",
        begins="● No change",
    ),
    "an objective is missed": Ending(
        made=lambda: bound(calm(), at_most=0.1),
        code=1,
        verdict="regression",
        begins="✘ 1 objective missed",
    ),
    "an objective that nobody could measure": Ending(
        made=lambda: bound(failing(calm(), LATE, lambda run: run.case == "one"), at_most=100.0),
        code=3,
        verdict="invalid",
        begins="∅ Invalid",
    ),
    "not sure enough": Ending(
        made=lambda: policy(session(3, rounds=4, noise=0.2), certain=True),
        code=4,
        verdict="inconclusive",
        begins="? Inconclusive",
    ),
    "an objective that is not sure enough": Ending(
        made=lambda: policy(
            bound(calm(), at_most=_middle(calm())), certain=True, goal=Goal.DETECT, looks=(6,)
        ),
        code=4,
        verdict="inconclusive",
        begins="? Inconclusive",
    ),
    "not sure, and nobody asked": Ending(
        made=lambda: session(3, rounds=4, noise=0.2),
        code=0,
        verdict="unchanged",
        begins="● No change found",
    ),
    "not certified, and nobody demands it": Ending(
        made=lambda: policy(session(3, rounds=4, noise=0.2), goal=Goal.CERTIFY),
        code=0,
        verdict="inconclusive",
        begins="? Inconclusive",
    ),
    "ten times as many, in too few rounds to be sure": Ending(
        made=lambda: counted(2),
        code=4,
        verdict="inconclusive",
        begins="? Too few rounds",
    ),
    "ten times as many, in rounds enough": Ending(
        made=lambda: counted(3), code=1, verdict="regression", begins="✘ Regression"
    ),
    "as many as before, in two rounds": Ending(
        made=lambda: counted(2, head=2.0), code=0, verdict="unchanged", begins="● No change"
    ),
    "one round": Ending(
        made=lambda: session(1, rounds=1, noise=0.01),
        code=4,
        verdict="inconclusive",
        begins="? Too few rounds",
    ),
    "head dies": Ending(
        made=lambda: failing(calm(), EXITED, lambda run: (run.case, run.side) == ("one", "head")),
        code=1,
        verdict="regression",
        begins="✘ Regression",
    ),
    "head dies at times": Ending(
        made=lambda: failing(
            calm(), EXITED, lambda run: run.case == "one" and run.side == "head" and run.round > 1
        ),
        code=1,
        verdict="regression",
        begins="✘ Regression",
    ),
    "head dies in too few rounds to be sure": Ending(
        made=lambda: failing(
            policy(session(4, rounds=2, noise=0.01), looks=(2,)),
            EXITED,
            lambda run: run.side is Side.HEAD,
        ),
        code=3,
        verdict="invalid",
        begins="∅ Invalid",
    ),
    "both sides die": Ending(
        made=lambda: failing(calm(), EXITED, lambda _run: True),
        code=3,
        verdict="invalid",
        begins="∅ Invalid",
    ),
    "both sides die in one case": Ending(
        made=lambda: failing(calm(), EXITED, lambda run: run.case == "one"),
        code=3,
        verdict="invalid",
        begins="∅ Invalid",
    ),
    "only latencies are void": Ending(
        made=lambda: failing(calm(), LATE, lambda run: run.case == "one"),
        code=3,
        verdict="invalid",
        begins="∅ Invalid",
    ),
    "latencies are void, and something got worse": Ending(
        made=lambda: failing(
            calm(change={("one", "cpu"): 0.5}), LATE, lambda run: run.case == "one"
        ),
        code=1,
        verdict="regression",
        begins="✘ Regression",
    ),
    "some latencies are void": Ending(
        made=lambda: failing(
            policy(calm(), looks=(6,)), LATE, lambda run: (run.case, run.round) == ("one", 2)
        ),
        code=0,
        verdict="unchanged",
        begins="● No change",
    ),
    # nothing that Loadstone would judge today: records of others, or of an earlier release
    "no runs": Ending(
        made=lambda: replace(judge.judged(calm()), runs=()),
        code=3,
        verdict="invalid",
        begins="∅ Invalid",
    ),
    "one case was never measured": Ending(
        made=lambda: replace(
            judge.judged(calm()), runs=[run for run in calm().runs if run.case != "two"]
        ),
        code=3,
        verdict="invalid",
        begins="∅ Invalid",
    ),
}


def _middle(record: Record) -> float:
    values = [
        run.values["p50"] for run in record.runs if run.case == "one" and run.side is Side.HEAD
    ]
    return sum(values) / len(values)


@cache
def record(name: str) -> Record:
    return judge.judged(ENDINGS[name].made(), anew=True)


@pytest.fixture(params=ENDINGS)
def ending(request) -> tuple[Ending, Record]:
    return ENDINGS[request.param], record(request.param)


def elements(found: Record) -> dict[str, list[Xml.Element]]:
    root = Xml.fromstring(comparison.junit(found))  # noqa: S314  our own text
    tags = {"failures": "failure", "errors": "error"}
    for name, tag in tags.items():
        assert root.get(name) == str(len(list(root.iter(tag))))
        assert sum(int(suite.get(name, "")) for suite in root) == int(root.get(name, ""))
    return {name: list(root.iter(tag)) for name, tag in tags.items()}


def test_the_exit_code(ending):
    wanted, found = ending
    assert exit_code(found) == wanted.code


def test_junit_is_green_where_the_exit_code_is_and_nowhere_else(ending):
    wanted, found = ending
    told = elements(found)
    assert bool(told["failures"]) == (wanted.code == 1)
    assert len(told["errors"]) == (wanted.code in (3, 4))
    for error in told["errors"]:
        assert 0 < len(error.get("message", "")) <= 140


def test_the_json_has_the_verdict(ending):
    wanted, found = ending
    told = json.loads(output_directory.render(found, "json", files=Path()))
    assert told["verdict"] == wanted.verdict


def test_the_terminal_begins_with_it(ending):
    wanted, found = ending
    assert comparison.terminal(found).startswith(wanted.begins)


def test_the_comment_begins_with_it_and_can_be_found_by_it(ending):
    wanted, found = ending
    marker, title, *_ = rendered.markdown_of(found).splitlines()
    assert wanted.begins[2:] in title
    assert f"verdict={wanted.verdict}" in marker


def test_the_status_is_one_line_that_says_it(ending):
    wanted, found = ending
    line = comparison.summary_line(found)
    assert line.startswith(wanted.begins[2:])
    assert len(line) <= 140


def test_what_a_report_does_not_know_has_a_reason_in_its_first_lines(ending):
    wanted, found = ending
    if wanted.code == 3:
        first = " ".join(comparison.terminal(found).split("\n\n")[0].split())
        known = ("the component ended with status 3", "sent late", "nothing was measured")
        other = ("no valid run gave a value", "3 gated rows not measured on either side")
        assert any(each in first.lower() for each in (*known, *other)), first


def test_a_dead_head_is_told_with_what_it_died_of():
    said = " ".join(comparison.terminal(record("head dies")).split())
    assert "counted exactly" not in said
    assert "failed runs ▲ +6 in one (the component ended with status 3 during the run)" in said
    assert "0 of 6 6 of 6" in said


def test_a_run_that_is_void_in_part_is_told_with_the_part():
    said = " ".join(comparison.terminal(record("only latencies are void")).split())
    assert (
        "one, the latencies and rates of 12 runs (base rounds 1–6, head rounds 1–6): sent" in said
    )
    assert "2 of 12 gated rows have no trustworthy number: sent late. Found in the rest:" in said
    assert "12 in part" in said
    assert "too few valid runs" not in said  # its CPU time was judged


def test_what_was_never_judged_is_an_error_too():
    made = calm()
    assert len(elements(made)["errors"]) == 1
    with pytest.raises(MeasurementFailed) as caught:
        exit_code(made)
    assert caught.value.exit_code == 3
