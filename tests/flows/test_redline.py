"""The flow of `loadstone redline`, with everything real but the measuring."""

import json
from dataclasses import replace

import jsonschema
import pytest

from loadstone.errors import Interrupted, UsageError
from loadstone.flows import output_directory, redline
from loadstone.flows.judge import judged
from loadstone.flows.prepare_redline import RedlineRequest
from loadstone.flows.request import Request
from loadstone.formats.configuration import Config
from loadstone.model import Side, Verdict
from loadstone.store.redline_records import load, redline_schema
from loadstone.store.rounds import RoundLog
from tests import searching
from tests.e2e.command import PLANTED

pytestmark = pytest.mark.slow  # an API server and pictures for each search

SYSTEMS = {Side.BASE: searching.System(redline=420), Side.HEAD: searching.System(redline=310)}


def wanted(out, *, resume=False, seed=0, budget=None, base="plain"):
    request = Request(
        scenarios=[str(PLANTED / "scenario.yaml")],
        component=str(PLANTED / "component.yaml"),
        base=f"path:{PLANTED / base}" if base else "",
        head=f"path:{PLANTED / 'plain'}",
        out=out,
        resume=resume,
        seed=seed,
        budget=budget,
        config=Config(cache=str(out.parent / "cache")),
    )
    return RedlineRequest(
        request=request, low="100", high="1000", objectives=["p99<=30ms"], fixed=["churn=10"]
    )


def measuring(after=None):
    """Made-up runs of the planted scenario's cases; interrupted after so many."""

    def measure(inputs, next_slots, *, on_run, done, events):
        assert inputs.clusters[0].alive()
        assert inputs.component.component == "planted"
        count = 0

        def one(run):
            nonlocal count
            on_run(run)
            count += 1
            if count == after:
                raise KeyboardInterrupt

        return searching.measured(
            inputs.plan, SYSTEMS, done=done, next_slots=next_slots, on_run=one
        )

    return measure


@pytest.fixture(scope="module")
def searched(tmp_path_factory):
    out = tmp_path_factory.mktemp("redline") / "out"
    return out, redline.run(wanted(out), measuring=measuring())


def test_it_finds_the_redlines_and_writes_every_file(searched):
    out, record = searched
    assert record.redlines.verdict is Verdict.REGRESSION
    base, head = record.redlines.brackets
    assert (base.side, head.side) == (Side.BASE, Side.HEAD)
    assert {path.name for path in out.iterdir()} == {
        *("session.json", "rounds.jsonl", "redline.json", "redline.md", "redline.html")
    }
    assert {case.case.name for case in record.plan.cases} == {
        step.case for bracket in record.redlines.brackets for step in bracket.steps
    }


def test_what_was_written_is_read_again_and_is_as_its_schema_says(searched):
    out, record = searched
    again = load(out / output_directory.REDLINE)
    assert json.loads(output_directory.render_redline(again, "json")) == json.loads(
        output_directory.render_redline(record, "json")
    )
    document = json.loads((out / output_directory.REDLINE).read_text())
    jsonschema.Draft202012Validator(redline_schema()).validate(document)


def test_from_the_runs_alone_the_same_is_found(searched):
    out, record = searched
    again = redline.of(output_directory.load(out))
    assert again.redlines.verdict is record.redlines.verdict
    assert again.redlines.low == record.redlines.low


def test_the_runs_of_a_search_are_no_comparison(searched):
    out, _ = searched
    with pytest.raises(UsageError, match="a search for redlines") as caught:
        judged(output_directory.load(out))
    assert "loadstone report" in caught.value.next_step


@pytest.mark.parametrize("after", [1, 8])
def test_an_interrupted_search_keeps_its_runs_and_goes_on(tmp_path, searched, after):
    out = tmp_path / "out"
    with pytest.raises(Interrupted, match=f"{after} runs are kept") as caught:
        redline.run(wanted(out), measuring=measuring(after))
    assert "--resume" in caught.value.next_step
    kept = RoundLog(out / output_directory.ROUNDS).read()
    assert len(kept) == after
    record = redline.run(wanted(out, resume=True, budget=1e6), measuring=measuring())
    assert record.redlines == searched[1].redlines


def test_another_search_cannot_go_on_with_these_runs(tmp_path):
    out = tmp_path / "out"
    with pytest.raises(Interrupted):
        redline.run(wanted(out), measuring=measuring(2))
    other = replace(wanted(out, resume=True), low="50", precision=0.2)
    with pytest.raises(UsageError, match="search differ"):
        redline.run(other, measuring=measuring())


def test_a_finished_search_is_moved_aside_and_not_overwritten(tmp_path):
    out = tmp_path / "out"
    for _ in range(2):
        redline.run(wanted(out, base=""), measuring=measuring())
    assert len(list(out.glob("earlier/*/redline.json"))) == 1
    assert load(out / output_directory.REDLINE).redlines.verdict is None


def test_a_crash_leaves_a_search_that_can_be_shown(tmp_path):
    out = tmp_path / "out"
    with pytest.raises(Interrupted):
        redline.run(wanted(out), measuring=measuring(9))
    log = out / output_directory.ROUNDS
    log.write_bytes(log.read_bytes()[:-40])
    record = output_directory.load(out)
    assert len(record.runs) == 8
    assert redline.of(record).redlines.verdict is Verdict.INCONCLUSIVE
