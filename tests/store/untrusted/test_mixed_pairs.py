"""Mixed pairs of an artifact: admitted as the plan has them, whole, and in two worlds."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from loadstone.flows.artifact import admission
from loadstone.model import Design
from loadstone.store.untrusted.admitted_runs import Admission
from tests.store.untrusted.artifacts import files, lines, plan, runs, zipped

SOLO = 0.25  # of the rounds: the fourth


def mixed_plan():
    ours = plan()
    cases = [replace(each, design=Design.MIXED, solo=SOLO) for each in ours.cases]
    return replace(ours, cases=cases)


def mixed_runs() -> list[dict[str, Any]]:
    """Three mixed rounds and a solo one of both cases, as a run writes them."""
    found = runs()
    for each in found:
        if each["round"] != 4:
            lane = (each["side"] == "head") ^ (each["round"] % 2)
            each |= {"design": "mixed", "lane": int(lane)}
    return found


def taken(tmp_path: Path, found: list[dict[str, Any]]) -> Admission:
    path = tmp_path / "artifact.zip"
    path.write_bytes(zipped(files(**{"rounds.jsonl": lines(found)})))
    return admission(path, mixed_plan())


def test_a_mixed_plan_is_admitted_with_its_designs_and_lanes(tmp_path):
    found = taken(tmp_path, mixed_runs())
    assert found.whole
    assert found.record is not None
    assert {(run.round, run.design) for run in found.record.runs} == {
        (1, Design.MIXED),
        (2, Design.MIXED),
        (3, Design.MIXED),
        (4, Design.SOLO),
    }
    pair = [run for run in found.record.runs if run.round == 1 and run.case == "s/n=1"]
    assert sorted(run.lane for run in pair) == [0, 1]


@pytest.mark.parametrize(
    ("place", "change", "lost"),
    [
        (0, {"design": "solo"}, 2),  # not what the plan says, and its other half goes with it
        (-1, {"design": "mixed", "lane": 1}, 1),  # a round that the plan has solo
        (0, {"design": "both"}, 2),
        (0, {"lane": 0, "started": "2026-01-01T00:07:00+00:00"}, 2),
        (0, {"lane": 0}, 2),  # both in one world: round 1 has base in lane 1
        (0, {"lane": 2}, 2),
    ],
)
def test_a_run_of_another_design_or_without_its_half_is_left_out(tmp_path, place, change, lost):
    said = mixed_runs()
    said[place] |= change
    found = taken(tmp_path, said)
    assert found.record is not None
    assert len(found.record.runs) == 16 - lost


def test_a_half_that_a_crash_has_left_gives_way_to_the_pair_that_was_measured_again(tmp_path):
    said = mixed_runs()
    half = {**said[0], "started": "2026-01-01T00:00:00+00:00"}
    found = taken(tmp_path, [half, *said])
    assert found.whole
    assert found.record is not None
    assert len(found.record.runs) == 16


def test_a_solo_plan_takes_no_mixed_pair(tmp_path):
    path = tmp_path / "artifact.zip"
    path.write_bytes(zipped(files(**{"rounds.jsonl": lines(mixed_runs())})))
    found = admission(path, plan())
    assert not found.whole
    assert [note.code for note in found.notes] == ["runs-not-planned"]
    assert found.record is not None
    assert {run.round for run in found.record.runs} == {4}
