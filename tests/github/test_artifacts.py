from __future__ import annotations

import os
from dataclasses import replace

import pytest

from loadstone.errors import ArtifactExpired, ArtifactRefused, GithubFailed
from loadstone.github.artifacts import artifacts_of, download
from tests.fakes.github.faults import Kind
from tests.fakes.github.state import Artifact, Run
from tests.github.conftest import HEAD

DATA = os.urandom(300_000)


@pytest.fixture(autouse=True)
def artifact(world):
    world.repository.runs[7] = Run(id=7, workflow="loadstone.yml", head_sha=HEAD)
    world.repository.artifacts[3] = Artifact(id=3, run=7, name="loadstone", data=DATA)
    return world.repository.artifacts[3]


@pytest.fixture
def entry(client):
    (found,) = artifacts_of(client, 7)
    return found


def test_artifacts_of_a_run_are_listed_newest_first(world, client):
    world.repository.artifacts[4] = Artifact(id=4, run=7, name="loadstone", data=b"")
    world.repository.artifacts[5] = Artifact(id=5, run=7, name="logs", data=b"")
    world.repository.artifacts[6] = Artifact(id=6, run=8, name="loadstone", data=b"")
    assert [one.id for one in artifacts_of(client, 7, name="loadstone")] == [4, 3]


def test_an_artifact_comes_whole(client, entry, tmp_path):
    assert download(client, entry, tmp_path / "a.zip", most=1_000_000) == len(DATA)
    assert (tmp_path / "a.zip").read_bytes() == DATA


def test_the_token_is_not_shown_to_the_storage(client, entry, tmp_path):
    download(client, entry, tmp_path / "a.zip", most=1_000_000)  # it refuses who shows one


def test_an_artifact_that_is_too_large_is_not_asked_for(world, client, entry, tmp_path):
    world.fake.exchanges.clear()
    with pytest.raises(ArtifactRefused, match=r"300000 bytes or more, 1000 may be"):
        download(client, entry, tmp_path / "a.zip", most=1000)
    assert world.asked == []


def test_an_artifact_that_lies_about_its_size_is_cut_off(client, artifact, tmp_path):
    artifact.size = 10
    (entry,) = artifacts_of(client, 7)
    with pytest.raises(ArtifactRefused):
        download(client, entry, tmp_path / "a.zip", most=1000)
    assert list(tmp_path.iterdir()) == []


def test_an_artifact_that_has_expired_says_what_to_do(client, artifact, tmp_path):
    artifact.expired = True
    (entry,) = artifacts_of(client, 7)
    for seen in (entry, replace(entry, expired=False)):  # it may expire after it was listed
        with pytest.raises(ArtifactExpired, match="has expired") as expired:
            download(client, seen, tmp_path / "a.zip", most=1_000_000)
        assert "measure again" in expired.value.next_step


def test_a_download_survives_a_failure_of_github(world, client, entry, tmp_path):
    world.fault(verb="GET", path="zip$", status=502)
    world.fault(verb="GET", path="zip$", kind=Kind.DROP)
    download(client, entry, tmp_path / "a.zip", most=1_000_000)
    assert (tmp_path / "a.zip").read_bytes() == DATA


def test_a_token_that_may_not_read_artifacts_is_told_what_it_needs(world, entry, tmp_path):
    world.fake.state.token("ghs_less", permissions={"contents": "read"})
    with pytest.raises(GithubFailed, match="not accessible") as failed:
        download(world.client("ghs_less"), entry, tmp_path / "a.zip", most=1_000_000)
    assert failed.value.status == 403
    assert list(tmp_path.iterdir()) == []
