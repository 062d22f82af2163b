"""Rounds that are added to those of an earlier artifact: what there was before stays as it was."""

from __future__ import annotations

from loadstone.flows.added_rounds import added
from loadstone.flows.artifact import received
from loadstone.flows.schedules.extension import Extension
from tests.store.untrusted.artifacts import files, lines, plan, runs, zipped

CASES = ["s/n=1", "s/n=2"]
FIRST, FIFTH = (f"profiles/case-1/base-{number}-cpu.pb.gz" for number in (1, 5))


def put(path, found, data):
    """An artifact whose runs all have one profile."""
    of = [{**each, "profiles": {"cpu": "profiles/p.pb.gz"}} for each in found]
    path.write_bytes(zipped(files(**{"rounds.jsonl": lines(of), "profiles/p.pb.gz": data})))
    return path


def test_profiles_of_earlier_rounds_are_never_written_over(tmp_path):
    place = tmp_path / "files"
    first = put(tmp_path / "first.zip", runs(), b"before")
    earlier = received([first], plan(), files=place)
    new = [{**each, "round": each["round"] + 4} for each in runs() if each["round"] <= 2]
    more = put(tmp_path / "more.zip", [*runs(), *new], b"after")
    asked = Extension(done=4, rounds=2, cases=CASES)
    whole = added(earlier, [more], asked, files=place)
    assert whole.record is not None
    assert "runs-not-planned" in {note.code for note in whole.notes}
    assert (place / FIFTH).read_bytes() == b"after"
    assert (place / FIRST).read_bytes() == b"before"
