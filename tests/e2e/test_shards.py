"""Shards, as two machines measure them and a third one judges."""

import json

import pytest

from tests.e2e.command import PLANTED, finish

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(600)]

FINE = (0, 1, 3)  # what a busy machine makes of the runs is not what is tested
REQUEST = (
    *("--scenario", PLANTED / "sizes.yaml", "--component", PLANTED / "component.yaml"),
    *("--base", f"path:{PLANTED / 'plain'}", "--head", f"path:{PLANTED / 'plain'}"),
    *("--looks", "2", "--no-certain"),
)


def test_two_machines_measure_and_their_directories_are_judged_as_one(tmp_path):
    for number in (1, 2):
        said = finish(
            "run", *REQUEST, "--shard", f"{number}/2", "--out", f"s/{number}", cwd=tmp_path
        )
        assert said.code == 0, said.err
        assert f"shard {number} of 2" in said.out
        assert "nothing is judged yet" in said.out
    alone = finish("report", "s/1", cwd=tmp_path)
    assert alone.code == 2
    assert "loadstone merge" in alone.err
    merged = finish("merge", "s", "--out", "whole", cwd=tmp_path)
    assert merged.code in FINE, merged.err
    record = json.loads((tmp_path / "whole" / "record.json").read_text())
    cases = {
        each["case"]["scenario"] + json.dumps(each["case"]["axes"])
        for each in record["plan"]["cases"]
    }
    assert len({run["case"] for run in record["runs"]}) == len(cases) > 1
    assert [each["shard"]["number"] for each in record["shards"]] == [1, 2]
    missing = finish("merge", "s/1", "--out", "part", cwd=tmp_path)
    assert missing.code in (1, 3)
    assert "shard 2 of 2 is missing" in " ".join(missing.out.split())
