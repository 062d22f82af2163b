from __future__ import annotations

import json

import pytest

from loadstone.errors import InvalidFile
from loadstone.github.outbox import Outbox, read, written
from loadstone.github.perform import UndeliveredEffect
from loadstone.model.bot import (
    CancelRun,
    Dispatch,
    React,
    Reaction,
    ReleaseAsset,
    ReleaseSection,
    Reply,
    SetStatus,
    StatusState,
    UpsertComment,
)

EFFECTS = (
    UpsertComment(number=1, key="k", body="ä\n|", data={"run": "7"}, create=False),
    Reply(number=1, body="started"),
    React(comment=3, content=Reaction.EYES),
    SetStatus(sha="a" * 40, context="c", state=StatusState.ERROR, description="d"),
    Dispatch(workflow="w.yml", ref="main", inputs={"a": "b"}),
    CancelRun(run=7),
    ReleaseSection(tag="v1", key="gate", body="fine"),
    ReleaseAsset(tag="v1", name="r.json", path="out/r.json"),
)


@pytest.fixture
def outbox():
    undelivered = tuple(
        UndeliveredEffect(effect=effect, reason="503", next_step="later") for effect in EFFECTS
    )
    return Outbox(repository="octo/widget", origin="7", undelivered=undelivered)


def changed(outbox, path, change):
    content = json.loads(written(outbox))
    change(content)
    path.write_text(json.dumps(content))
    return path


def test_what_is_saved_comes_back(outbox, tmp_path):
    path = tmp_path / "undelivered.json"
    path.write_bytes(written(outbox))
    found = read(path)
    assert (found.repository, found.origin) == ("octo/widget", "7")
    assert tuple(found.undelivered) == outbox.undelivered


def test_a_damaged_file_gets_all_its_problems_at_once(outbox, tmp_path):
    def change(content):
        content["undelivered"][0]["kind"] = "Explode"
        content["undelivered"][2]["effect"]["content"] = "heart"
        content["undelivered"][5]["effect"]["run"] = "seven"

    with pytest.raises(InvalidFile) as invalid:
        read(changed(outbox, tmp_path / "u.json", change))
    places = [problem.where.rsplit(": ", 1)[1] for problem in invalid.value.problems]
    assert places == ["undelivered[0]", "undelivered[2]", "undelivered[5]"]


def test_a_newer_version_is_refused(outbox, tmp_path):
    path = changed(outbox, tmp_path / "u.json", lambda content: content.update(version=2))
    with pytest.raises(InvalidFile, match="this Loadstone reads version 1"):
        read(path)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"version": 1}', b"\xff"])
def test_a_file_that_is_none_is_refused(tmp_path, data):
    path = tmp_path / "u.json"
    path.write_bytes(data)
    with pytest.raises(InvalidFile):
        read(path)
