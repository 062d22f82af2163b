"""Programs of clusters: where each comes from, and that nothing is made by who only looks."""

from __future__ import annotations

from pathlib import Path

import pytest

from loadstone.cluster.hollow import NEEDED
from loadstone.errors import MissingTool
from loadstone.flows.cluster_programs import (
    SOURCES,
    cluster_program,
    component_of,
    provider_options,
)
from loadstone.flows.settings import tool_paths
from loadstone.formats.configuration import Config


def test_every_program_of_a_provider_can_be_made() -> None:
    assert set(SOURCES) == {*NEEDED, "kind"}
    assert all(each.go is not None for each in SOURCES.values())


@pytest.mark.parametrize("name", sorted(name for name in SOURCES if SOURCES[name].download))
def test_what_is_downloaded_is_held_to_a_checksum(name: str) -> None:
    download = component_of(name, "1.2.3").revisions.download
    assert download is not None
    assert download.checksums.startswith("https://")
    assert "${revision}" in download.url
    assert "${" not in download.executable


def test_a_file_that_is_named_is_taken(tmp_path: Path) -> None:
    program = tmp_path / "etcd"
    program.write_text("#!/bin/sh\necho etcd Version: 3.6.16\n")
    program.chmod(0o755)
    assert cluster_program("etcd", Config(tools={"etcd": str(program)})) == program


def test_who_only_looks_makes_nothing(tmp_path: Path) -> None:
    config = Config(tools={"kwok": "go:0.7.0"}, cache=str(tmp_path))
    assert provider_options(config, make=False).find_program("kwok") == Path("go:0.7.0")
    assert list(tmp_path.iterdir()) == []


def test_a_version_is_no_path() -> None:
    assert tool_paths(Config(tools={"kwok": "go:0.7.0", "k6": "/opt/k6"})) == {
        "k6": Path("/opt/k6")
    }


def test_a_file_that_is_not_there_is_said_with_all_ways(tmp_path: Path) -> None:
    with pytest.raises(MissingTool) as missing:
        cluster_program("kwok", Config(tools={"kwok": str(tmp_path / "kwok")}))
    assert all(way in missing.value.next_step for way in ("path", "PATH", "download:", "go:"))


def test_a_session_of_a_job_marks_what_it_leaves_in_docker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_RUN_ID", raising=False)
    assert provider_options(Config()).labels == {}
    monkeypatch.setenv("GITHUB_RUN_ID", "71")
    monkeypatch.setenv("GITHUB_RUN_ATTEMPT", "2")
    assert provider_options(Config()).labels["loadstone.run"] == "71-2"
