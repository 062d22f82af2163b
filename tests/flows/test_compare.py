"""The flow from saved files on: judging anew, against a baseline, writing, loading."""

import os
from dataclasses import replace

import pytest

from loadstone.errors import UnsafeGate, UsageError
from loadstone.flows import compare, output_directory
from loadstone.flows.judge import against, demoted, judged
from loadstone.flows.knowledge import false_alarms
from loadstone.flows.request import Request
from loadstone.flows.session import opened_log
from loadstone.formats.configuration import Config
from loadstone.model import Look, Side
from loadstone.model.audit import Audit, Demotion, Proportion
from loadstone.model.events import Event, Progress
from loadstone.store.directory import DirectoryStore
from loadstone.store.records import save
from loadstone.store.rounds import RoundLog
from tests.report import samples


@pytest.fixture(scope="module")
def record():
    return judged(samples.regression(), anew=True)


def test_a_judgement_that_is_there_is_kept_unless_asked_anew(record):
    assert judged(record) is record
    assert judged(record, anew=True) == record


def test_judging_anew_keeps_the_looks_that_were_taken(record):
    looks = [Look(rounds=4, alpha=0.01, open=[], found=1, why="settled")]
    seen = replace(record, judgement=replace(record.judgement, looks=looks))
    again = judged(seen, anew=True).judgement
    assert again is not None
    assert list(again.looks) == looks


def test_what_was_written_is_read_again(record, tmp_path):
    output_directory.write(record, tmp_path)
    again = output_directory.load(tmp_path)
    assert [run.values for run in again.runs] == [run.values for run in record.runs]
    assert again.judgement is not None
    assert again.judgement.verdict is record.judgement.verdict


def test_an_unfinished_session_can_be_read_and_judged(record, tmp_path):
    output_directory.begin(replace(record, runs=(), judgement=None), tmp_path)
    log = RoundLog.create(tmp_path / output_directory.ROUNDS, record.plan)
    for run in record.runs[:10]:
        log.append(run)
    again = output_directory.load(tmp_path)
    assert len(again.runs) == 10
    assert judged(again).judgement is not None


def test_a_finished_run_is_moved_aside_and_not_overwritten(record, tmp_path):
    save(record, tmp_path / output_directory.RECORD)
    output_directory.fresh(tmp_path, resume=False)
    assert not (tmp_path / output_directory.RECORD).exists()
    assert [
        path.name for path in tmp_path.glob("earlier/*/*") if path.name == output_directory.RECORD
    ]


def test_what_no_run_wrote_stays_where_it_is(record, tmp_path):
    save(record, tmp_path / output_directory.RECORD)
    for owned in (".git", "src", "baselines", "first"):
        (tmp_path / owned).mkdir()
    (tmp_path / "notes.txt").write_text("mine")
    told: list[Event] = []
    log = opened_log(tmp_path, record.plan, resume=False, watch=told.append)
    assert log.path.parent == tmp_path
    there = {".git", "src", "baselines", "first", "notes.txt"}
    assert {path.name for path in tmp_path.iterdir()} == {*there, "earlier", "rounds.jsonl"}
    (moved,) = (tmp_path / "earlier").iterdir()
    assert [path.name for path in moved.iterdir()] == [output_directory.RECORD]
    assert told == [Progress(text=f"the run that was here is now in {moved}")]


def test_everything_that_a_run_writes_is_moved_aside(record, tmp_path):
    output_directory.write(record, tmp_path)
    (tmp_path / "profiles").mkdir()
    output_directory.fresh(tmp_path, resume=False)
    assert [path.name for path in tmp_path.iterdir()] == ["earlier"]


def test_runs_that_ended_in_the_same_second_are_all_kept(record, tmp_path):
    for number in range(3):
        save(record, tmp_path / output_directory.RECORD)
        (tmp_path / "report.md").write_text(str(number))
        os.utime(tmp_path / output_directory.RECORD, (1.7e9, 1.7e9))
        output_directory.fresh(tmp_path, resume=False)
    kept = {path.parent.name: path.read_text() for path in tmp_path.glob("earlier/*/report.md")}
    assert kept == {f"20231114T221320Z{end}": n for end, n in (("", "0"), ("-2", "1"), ("-3", "2"))}


def test_an_unfinished_run_is_left_where_it_is(record, tmp_path):
    output_directory.begin(record, tmp_path)
    output_directory.fresh(tmp_path, resume=False)
    assert (tmp_path / output_directory.SESSION).exists()


def test_a_baseline_is_compared_head_with_head(record):
    joined = against(record, record, gate=True)
    sides = {side: [run.values for run in joined.runs if run.side is side] for side in Side}
    assert sides[Side.BASE] == sides[Side.HEAD]
    assert joined.plan.base.label == record.plan.head.label
    assert joined.judgement is not None
    assert {row.verdict for row in joined.judgement.comparisons} <= {"unchanged", "inconclusive"}


def test_a_baseline_of_another_environment_never_gates(record):
    elsewhere = replace(record, environment=replace(record.environment, key="elsewhere"))
    with pytest.raises(UnsafeGate, match="cannot gate"):
        against(record, elsewhere, gate=True)


def test_as_context_it_is_shown_with_what_hinders(record):
    elsewhere = replace(record, environment=replace(record.environment, key="elsewhere"))
    shown = against(record, elsewhere, gate=False)
    assert shown.judgement is not None
    assert "environment" in [warning.code for warning in shown.judgement.warnings]


def test_an_empty_directory_is_no_run(tmp_path):
    with pytest.raises(UsageError, match=r"record\.json"):
        output_directory.load(tmp_path)


def test_what_the_audit_demoted_here_is_measured_and_not_gated(record, tmp_path):
    metric = record.plan.cases[0].metrics[0].name
    demotion = Demotion(
        metric=metric, case="", reason="alarms in 5 of 10", until="", since=record.started
    )
    share = Proportion(hits=0, of=10, share=0.0, low=0.0, high=0.3)
    known = Audit(reports=share, covered=share, demotions=[demotion])
    store = DirectoryStore(tmp_path)
    store.update_note(store.series(record), false_alarms.NAME, lambda _: false_alarms.encode(known))
    gated = {
        each.name: each.gated
        for case in demoted(record, DirectoryStore(tmp_path)).plan.cases
        for each in case.metrics
    }
    assert not gated.pop(metric)
    assert any(gated.values())


def test_without_an_audit_nothing_is_demoted(record, tmp_path):
    assert demoted(record, DirectoryStore(tmp_path)) is record


def test_there_is_nothing_to_resume_where_nothing_was_begun_and_nothing_is_installed(tmp_path):
    request = Request(
        scenarios=["ingress"],
        component="traefik",
        base="3.0.4",
        head="3.7.15",
        out=tmp_path / "nothing",
        resume=True,
        config=Config(cache=str(tmp_path / "cache")),
    )
    with pytest.raises(UsageError, match="no unfinished run in") as caught:
        compare.run(request)
    assert "leave out --resume" in caught.value.next_step
    assert list(tmp_path.iterdir()) == []
