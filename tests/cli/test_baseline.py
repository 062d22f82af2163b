"""`loadstone baseline save`: once is enough, however often a step of CI is repeated."""

from __future__ import annotations

import json
import shutil

from loadstone.flows import output_directory
from loadstone.flows.judge import judged
from loadstone.flows.knowledge import noise
from loadstone.store.directory import DirectoryStore
from tests.e2e.command import loadstone
from tests.report import samples


def save(folder, capsys, name="out"):
    said = loadstone("baseline", "save", folder / name, "--store", folder / "store", capsys=capsys)
    assert said.code == 0, said
    return said.out


def test_a_repeated_step_keeps_one_record_and_teaches_once(tmp_path, capsys):
    record = judged(samples.unchanged(), anew=True)
    samples.keep(record, tmp_path / "out")
    first = save(tmp_path, capsys)
    learnt = noise.load(record, DirectoryStore(tmp_path / "store"))
    shutil.copytree(tmp_path / "out", tmp_path / "copy")
    file = tmp_path / "copy" / output_directory.RECORD
    file.write_text(json.dumps(json.loads(file.read_text()), indent=3, sort_keys=True))
    unjudged = json.loads(file.read_text()) | {"judgement": None}
    (tmp_path / "plain.json").write_text(json.dumps(unjudged))

    for name in ("out", "copy", "copy/record.json", "plain.json"):
        assert "is there already" in save(tmp_path, capsys, name)

    assert first.startswith("saved ")
    assert "known from 1 records" in first
    assert noise.load(record, DirectoryStore(tmp_path / "store")) == learnt
    assert len(DirectoryStore(tmp_path / "store").list()) == 1
