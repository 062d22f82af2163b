"""`loadstone compare`: judging anew says what was said when it was measured."""

import json
from dataclasses import replace

import msgspec
import pytest
from click.testing import CliRunner

from loadstone.cli.compare import command
from loadstone.errors import UsageError
from loadstone.flows import output_directory
from loadstone.flows.judge import judged
from loadstone.flows.knowledge import noise
from loadstone.store.directory import DirectoryStore
from loadstone.store.records import save
from loadstone.store.rounds import RoundLog
from tests.report import samples


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Three baselines, and a run that was judged with what they taught and then became one too."""
    folder = tmp_path_factory.mktemp("compare")
    root = folder / "baselines"
    cold = replace(samples.unchanged(), judgement=None)
    for day in (1, 2, 3):
        DirectoryStore(root).save(judged(replace(cold, started=f"2026-11-0{day}T05:00:00Z")))
        noise.refresh(cold, DirectoryStore(root))
    now = replace(cold, started="2026-11-04T05:00:00Z")
    run = judged(now, history=noise.load(now, DirectoryStore(root)))
    save(run, folder / "out" / output_directory.RECORD)
    DirectoryStore(root).save(run)
    noise.refresh(run, DirectoryStore(root))
    return folder, run


def compared(folder, *flags):
    given = [str(folder / "out"), "--store", str(folder / "baselines"), "--json", *flags]
    done = CliRunner().invoke(command, given, standalone_mode=False)
    assert done.exception is None
    return json.loads(done.stdout)


def plainly(judgement):
    return json.loads(msgspec.json.encode(judgement))


def test_a_run_that_became_a_baseline_is_judged_as_it_was(kept):
    folder, run = kept
    assert compared(folder) == plainly(run.judgement)


def test_it_is_judged_cold_when_asked(kept):
    folder, run = kept
    cold = judged(replace(run, judgement=None)).judgement
    assert compared(folder, "--cold") == plainly(cold)
    assert plainly(cold) != plainly(run.judgement)


def test_rounds_are_judged_with_the_plan_beside_them(kept, tmp_path):
    _, run = kept
    output_directory.begin(replace(run, runs=(), judgement=None, finished=""), tmp_path)
    log = RoundLog.create(tmp_path / output_directory.ROUNDS, run.plan)
    for each in run.runs:
        log.append(each)
    given = [str(log.path), "--cold", "--json"]
    done = CliRunner().invoke(command, given, standalone_mode=False)
    assert done.exception is None
    cold = judged(replace(run, judgement=None)).judgement
    assert cold is not None
    assert json.loads(done.stdout)["verdict"] == cold.verdict


def test_rounds_without_their_plan_say_what_they_lack(kept, tmp_path):
    _, run = kept
    log = RoundLog.create(tmp_path / output_directory.ROUNDS, run.plan)
    done = CliRunner().invoke(command, [str(log.path)], standalone_mode=False)
    assert isinstance(done.exception, UsageError)
    assert "rounds without their plan" in done.exception.message
    assert "session.json" in done.exception.next_step


def test_a_baseline_that_is_not_there_says_where_they_are(kept):
    folder, _ = kept
    given = [str(folder / "out"), "--baseline", "nothere.json"]
    done = CliRunner().invoke(command, given, standalone_mode=False)
    assert isinstance(done.exception, UsageError)
    assert "there is no baseline nothere.json" in done.exception.message
    assert "loadstone baseline list" in done.exception.next_step
