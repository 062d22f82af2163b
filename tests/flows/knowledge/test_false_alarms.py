"""The audit beside the baselines, and the command that writes it."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from loadstone.errors import InvalidFile
from loadstone.flows.judge import judged
from loadstone.flows.knowledge import false_alarms
from loadstone.store.directory import DirectoryStore
from loadstone.store.records import save
from tests.stats.sessions import session


@pytest.fixture(scope="module")
def records():
    return [judged(session(number)) for number in range(4)]


@pytest.fixture
def kept(records, tmp_path):
    """A store with two of the records, and two as files beside it."""
    for record in records[:2]:
        DirectoryStore(tmp_path / "store").save(record)
    for number, record in enumerate(records[2:]):
        save(record, tmp_path / f"{number}.json")
    return tmp_path


def command(where, *arguments):
    code = "import sys; from loadstone.cli import main; main(sys.argv[1:])"
    return subprocess.run(
        [sys.executable, "-c", code, "audit", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=where,
        env={**os.environ, "COLUMNS": "120"},
    )


def test_what_was_audited_is_read_again(records, tmp_path):
    named = [(str(number), record) for number, record in enumerate(records)]
    found, _ = false_alarms.keep(named, records[-1], DirectoryStore(tmp_path))
    assert found == false_alarms.audited(named, DirectoryStore(tmp_path / "none"))
    assert false_alarms.load(records[0], DirectoryStore(tmp_path)) == found


def test_without_an_audit_there_is_none(records, tmp_path):
    assert false_alarms.load(records[0], DirectoryStore(tmp_path)) is None


def test_a_broken_audit_is_named_and_can_be_deleted(records, tmp_path):
    _, path = false_alarms.keep([("a", records[0])], records[0], DirectoryStore(tmp_path))
    Path(path).write_text("{")
    with pytest.raises(InvalidFile, match=r"audit\.json") as caught:
        false_alarms.load(records[0], DirectoryStore(tmp_path))
    assert "delete" in caught.value.next_step


def test_an_audit_of_another_version_is_passed_over(records, tmp_path):
    found = false_alarms.audited([("a", records[0])], DirectoryStore(tmp_path))
    store, data = DirectoryStore(tmp_path), false_alarms.encode(replace(found, version=99))
    store.update_note(store.series(records[0]), false_alarms.NAME, lambda _: data)
    assert false_alarms.load(records[0], DirectoryStore(tmp_path)) is None


def test_records_and_the_store_are_audited_together(kept):
    done = command(kept, "0.json", "1.json", "--store", "store")
    assert done.returncode == 0, done.stderr
    assert "A/A reports of demo: 4" in done.stdout
    assert "p99" in done.stdout
    assert len(list((kept / "store").rglob("audit.json"))) == 1
    assert len(DirectoryStore(kept / "store").list()) == 2


def test_a_dry_run_writes_nothing(kept):
    done = command(kept, "0.json", "--store", "store", "--dry-run", "--json")
    assert json.loads(done.stdout)["reports"]["of"] == 3
    assert not list(kept.rglob("audit.json"))


def test_a_comparison_of_two_programs_is_no_audit(records, tmp_path):
    other = judged(session(9, digests=("sha256:aa", "sha256:bb")))
    save(other, tmp_path / "pair.json")
    done = command(tmp_path, "pair.json")
    assert done.returncode == 2
    assert "different programs" in done.stderr
    assert "--run" in done.stderr


def test_run_needs_to_know_what_to_measure(tmp_path):
    done = command(tmp_path, "--run", "2")
    assert done.returncode == 2
    assert "--component" in done.stderr
