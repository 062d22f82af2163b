"""`loadstone compare`: judging anew says what was said when it was measured."""

import json
from dataclasses import replace

import msgspec
import pytest
from click.testing import CliRunner

from loadstone.cli.compare import command
from loadstone.flows import output_directory
from loadstone.flows.judge import judged
from loadstone.flows.knowledge import noise
from loadstone.store.directory import DirectoryStore
from loadstone.store.records import save
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
