"""A bisection of real commits with real pairs, as a user asks for it."""

import json
import shutil
from pathlib import Path

import pytest

from tests.component.repositories import git
from tests.e2e.command import PLANTED, finish
from tests.planted.commits import component_file, planted_repository

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(1800)]


def test_a_planted_slow_commit_is_named(tmp_path):
    flags = dict.fromkeys(range(4, 7), "--busy")
    place = planted_repository(tmp_path / "repository", commits=6, flags=flags, broken={2})
    component = component_file(tmp_path / "component.yaml", place)
    asked: list[str | Path] = [
        *("bisect", "--good", "build:main~6", "--bad", "build:main"),
        *("--scenario", PLANTED / "scenario.yaml", "--component", component),
        *("--metric", "cpu_per_1k_requests", "--out", "found"),
    ]
    plan = finish(*asked, "--plan", cwd=tmp_path)
    assert plan.code == 0, plan.err
    assert "6 commits, 3 to 6 of them measured" in plan.out

    said = finish(*asked, "--json", cwd=tmp_path, timeout=600)
    for _ in range(2):  # a search whose pairs others disturbed is undecided
        if said.code == 3:
            shutil.rmtree(tmp_path / "found", ignore_errors=True)
            said = finish(*asked, "--json", cwd=tmp_path, timeout=600)
    assert said.code == 0, said.err + said.out
    found = json.loads(said.out)
    assert found == json.loads((tmp_path / "found" / "bisect.json").read_text())
    assert [each["hash"] for each in found["suspects"]] == [git(place, "rev-parse", "main~2")]
    assert found["answer"] == "commit"
    again = finish(*asked, "--resume", cwd=tmp_path)
    assert again.code == 0, again.err
    assert "the first commit that is surely slower" in again.out
    assert "commit 4" in again.out
