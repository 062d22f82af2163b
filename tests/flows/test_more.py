"""The flow of `loadstone more`, with everything real but the measuring."""

import shutil
from dataclasses import replace
from zlib import crc32

import pytest

from loadstone.errors import Interrupted, UsageError
from loadstone.flows import more, output_directory
from loadstone.flows.judge import judged
from loadstone.flows.prepare import prepare
from loadstone.flows.request import Request
from loadstone.flows.schedules.extension import Extension, due
from loadstone.formats.configuration import Config
from loadstone.measure.host.environment import environment
from loadstone.model import Look, Record, Run, Side, Verdict
from loadstone.store.rounds import RoundLog
from tests.e2e.command import PLANTED

pytestmark = pytest.mark.slow  # an API server and pictures for each session


def value(slot):
    """A different one for every run, the same for the same run: never settled."""
    name = f"{slot.case} {slot.side} {slot.round}".encode()
    return 100.0 * (1 + 0.2 * (crc32(name) % 97 / 97 - 0.5))


def made(plan, slot):
    case = next(each for each in plan.cases if each.case.name == slot.case)
    return Run(
        case=slot.case,
        side=slot.side,
        round=slot.round,
        order=slot.order,
        started="2026-01-01T00:00:00+00:00",
        seconds=10.0,
        values={metric.name: value(slot) for metric in case.metrics},
    )


def measuring(after=None):
    """Made-up runs; interrupted after so many."""

    def measure(inputs, next_slots, *, on_run, done, events):
        assert inputs.clusters[0].alive()
        runs = list(done)
        while slots := next_slots(runs):
            for slot in slots:
                runs.append(made(inputs.plan, slot))
                on_run(runs[-1])
                if after is not None and len(runs) - len(done) == after:
                    raise KeyboardInterrupt
        return runs

    return measure


@pytest.fixture
def config(tmp_path):
    return Config(cache=str(tmp_path / "cache"), baselines=str(tmp_path / "baselines"))


@pytest.fixture
def out(tmp_path, config):
    """A finished session of 5 rounds, looks at 4 and 5."""
    folder = tmp_path / "out"
    request = Request(
        scenarios=[str(PLANTED / "scenario.yaml")],
        component=str(PLANTED / "component.yaml"),
        base=f"path:{PLANTED / 'plain'}",
        head=f"path:{PLANTED / 'extra-call'}",
        out=folder,
        looks=(4, 5),
        config=config,
    )
    plan = prepare(request).plan
    log = RoundLog.create(folder / output_directory.ROUNDS, plan)
    everything = Extension(done=0, rounds=5, cases=[each.case.name for each in plan.cases])
    while slots := due(plan, everything, log.read()):
        log.append(made(plan, slots[0]))
    looks = [
        Look(rounds=4, alpha=0.036, open=[plan.cases[0].case.name], found=0, why="promising"),
        Look(rounds=5, alpha=0.05, open=[], found=0, why="last-look"),
    ]
    where = environment("memory", "0.1.0")
    record = Record(
        plan=plan, environment=where, runs=log.read(), started="2026-01-01T00:00:00+00:00"
    )
    output_directory.begin(replace(record, runs=()), folder)
    output_directory.write(judged(record, looks=looks), folder)
    return folder


def rounds(record):
    return {side: max(run.round for run in record.runs if run.side is side) for side in Side}


def test_it_measures_what_was_asked_for_and_judges_all_of_it(out, config):
    found = more.run(out, config, rounds=2, globs=["*"], measuring=measuring())
    assert rounds(found) == {Side.BASE: 7, Side.HEAD: 7}
    assert tuple(found.plan.policy.looks) == (4, 5, 7)
    assert found.judgement is not None
    assert found.judgement.spent == pytest.approx(0.05)
    assert [(look.rounds, look.why) for look in found.judgement.looks] == [
        (4, "promising"),
        (5, "last-look"),
        (5, "more"),
        (7, "last-look"),
    ]
    assert "extended" in [warning.code for warning in found.judgement.warnings]
    assert not (out / output_directory.MORE).exists()
    kept = output_directory.load(out)
    assert len(kept.runs) == len(found.runs)
    text = (out / "report.md").read_text()
    assert "flags anything with a chance of at most" in text
    assert "of measuring since 2026-01-01" in text  # hours may lie between


def test_judging_anew_says_again_that_it_was_extended(out, config):
    more.run(out, config, rounds=2, globs=["*"], measuring=measuring())
    again = judged(output_directory.load(out), anew=True)
    assert again.judgement is not None
    assert [warning.code for warning in again.judgement.warnings].count("extended") == 1


def test_it_can_go_on_again_and_again(out, config):
    once = more.run(out, config, rounds=1, globs=["*"], measuring=measuring())
    assert rounds(once)[Side.HEAD] == 6
    twice = more.run(out, config, rounds=2, globs=["*"], measuring=measuring())
    assert rounds(twice)[Side.HEAD] == 8
    assert tuple(twice.plan.policy.looks) == (4, 5, 6, 8)


def test_an_interrupted_extension_goes_on_where_it_stopped(out, config):
    with pytest.raises(Interrupted) as caught:
        more.run(out, config, rounds=2, globs=["*"], measuring=measuring(after=3))
    assert f"loadstone more {out}" in caught.value.next_step
    with pytest.raises(UsageError, match="2 more rounds were begun"):
        more.run(out, config, rounds=7, measuring=measuring())
    found = more.run(out, config, measuring=measuring())
    assert rounds(found) == {Side.BASE: 7, Side.HEAD: 7}
    assert len({(run.case, run.side, run.round) for run in found.runs}) == len(found.runs)


def test_resuming_the_session_with_its_old_looks_is_refused_and_says_what_to_do(out, config):
    plan = output_directory.load(out).plan
    more.run(out, config, rounds=1, globs=["*"], measuring=measuring())
    with pytest.raises(UsageError) as caught:
        RoundLog.resume(out / output_directory.ROUNDS, plan)
    assert f"loadstone more {out}" in caught.value.next_step


def test_other_programs_are_never_added_to_the_rounds(out, config):
    record = output_directory.load(out)
    moved = replace(record.plan.head, digest="0" * 64)
    output_directory.write(replace(record, plan=replace(record.plan, head=moved)), out)
    RoundLog(out / output_directory.ROUNDS).retitle(replace(record.plan, head=moved))
    with pytest.raises(UsageError, match="files or programs"):
        more.run(out, config, rounds=1, globs=["*"], measuring=measuring())


def test_rounds_of_another_machine_are_never_added(out, config):
    record = output_directory.load(out)
    output_directory.write(
        replace(record, environment=replace(record.environment, key="other")), out
    )
    with pytest.raises(UsageError, match="environment other"):
        more.run(out, config, rounds=1, globs=["*"], measuring=measuring())


def test_an_unfinished_session_is_resumed_and_not_extended(out, config):
    (out / output_directory.RECORD).unlink()
    with pytest.raises(UsageError, match="not finished") as caught:
        more.run(out, config, rounds=1, measuring=measuring())
    assert "--resume" in caught.value.next_step
    assert f"--out {out}" in caught.value.next_step


def test_a_record_without_its_log_cannot_go_on(out, config):
    (out / output_directory.ROUNDS).unlink()
    with pytest.raises(UsageError, match=r"no rounds\.jsonl"):
        more.run(out, config, rounds=1, measuring=measuring())


def test_a_run_that_was_downloaded_goes_on(out, config, tmp_path):
    """On another runner the program lies elsewhere, and is found anew by what was asked for."""
    copy = shutil.copytree(out, tmp_path / "artifact" / "out")
    record = output_directory.load(copy)
    gone = replace(record.plan.head, executable="/gone/extra-call")
    record = replace(record, plan=replace(record.plan, head=gone))
    output_directory.write(record, copy)
    found = more.run(copy, config, rounds=1, globs=["*"], measuring=measuring())
    assert rounds(found) == {Side.BASE: 6, Side.HEAD: 6}
    assert found.plan.head.executable == str((PLANTED / "extra-call").resolve())
    assert [run.values for run in found.runs][: len(record.runs)] == [
        run.values for run in record.runs
    ]
    assert len(output_directory.load(out).runs) == len(record.runs)


def test_where_no_case_is_of_the_kind_that_is_asked_for_nothing_is_measured(out, config):
    with pytest.raises(UsageError, match="no case is invalid"):
        more.run(out, config, rounds=1, only={Verdict.INVALID}, measuring=measuring())
