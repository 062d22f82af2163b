"""`loadstone baseline`: once is enough, and every kind of store serves every command."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pytest

from loadstone.flows import output_directory
from loadstone.flows.judge import judged
from loadstone.flows.knowledge import noise
from loadstone.store.directory import DirectoryStore
from tests.e2e.command import loadstone
from tests.report import samples
from tests.store import places


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


@pytest.fixture(params=sorted(places.PLACES))
def address(request, tmp_path, monkeypatch):
    """The address of a store of every kind, as a user writes it."""
    monkeypatch.chdir(tmp_path)
    match request.param:
        case "directory":
            yield "directory:baselines"
        case "git-remote":
            monkeypatch.chdir(places.user(tmp_path / "user", places.bare(tmp_path / "remote")))
            yield "git:loadstone-baselines"
        case "git-local":
            monkeypatch.chdir(places.user(tmp_path / "user"))
            yield "git:loadstone-baselines@."
        case _:
            with places.s3():
                yield f"s3:{places.bucket()}"


def test_every_kind_of_store_serves_every_command(address, tmp_path, capsys):
    record = judged(samples.unchanged(), anew=True)
    samples.keep(record, tmp_path / "out")
    config = tmp_path / "settings.yaml"
    config.write_text(f"baselines: {json.dumps(address)}\n")

    def told(*arguments):
        said = loadstone("baseline", *arguments, capsys=capsys)
        assert said.code == 0, said
        return said.out

    assert told("save", tmp_path / "out", "--store", address).startswith("saved ")
    assert "is there already" in told("save", tmp_path / "out", "--config", config)
    (entry,) = json.loads(told("list", "--store", address, "--json"))
    assert record.plan.head.label in told("show", entry["key"], "--store", address)
    later = replace(record, started="2030-01-01T00:00:00Z")
    samples.keep(later, tmp_path / "later")
    told("save", tmp_path / "later", "--store", address)
    assert entry["key"] in told("prune", "--keep", "1", "--store", address, "--dry-run")
    assert entry["key"] in told("prune", "--keep", "1", "--store", address)
    assert len(json.loads(told("list", "--store", address, "--json"))) == 1


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("git:--upload-pack=x", "cannot be the name of a branch"),
        ("git:data@-x", "cannot be a remote"),
        ("git:data", "in no Git repository"),
        ("s3:Not_A_Bucket", "cannot be the name of a bucket"),
        ("tape:1", "no kind of store"),
    ],
)
def test_an_address_that_cannot_be_is_told_with_what_to_write(
    where, said, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    told = loadstone("baseline", "list", "--store", where, capsys=capsys)
    assert told.code == 2
    assert said in told.err
    assert "next:" in told.err
