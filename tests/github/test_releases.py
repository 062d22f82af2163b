from __future__ import annotations

import pytest

from loadstone.errors import GithubFailed
from loadstone.github.releases import attach, find_release, publish, put_section
from loadstone.model.bot import ReleaseAsset, ReleaseSection
from tests.fakes.github.faults import Kind
from tests.fakes.github.state import Release

TAG = "v1.2.0"
SECTION = ReleaseSection(tag=TAG, key="gate", body="Nothing got slower.")


@pytest.fixture
def asset(tmp_path):
    path = tmp_path / "record.json"
    path.write_bytes(b'{"version": 1}')
    return ReleaseAsset(tag=TAG, name="loadstone.json", path=str(path))


def release(world, **fields):
    made = Release(id=world.fake.state.next_id(), tag=TAG, body="What is new.", **fields)
    world.repository.releases[made.id] = made
    return made


def test_a_section_is_put_into_the_notes_that_are_there(world, client):
    made = release(world)
    put_section(client, SECTION)
    put_section(client, SECTION)
    assert made.body.startswith("What is new.\n\n<!-- loadstone:begin gate -->")
    assert made.body.count("Nothing got slower.") == 1


def test_a_release_that_there_is_not_becomes_a_draft(world, client, asset):
    put_section(client, SECTION)
    attach(client, asset)
    (made,) = world.repository.releases.values()
    assert (made.tag, made.draft, len(made.assets)) == (TAG, True, 1)


def test_a_draft_that_took_effect_though_it_failed_is_there_once(world, client):
    world.fault(verb="POST", path="releases$", status=502, after=True)
    put_section(client, SECTION)
    assert len(world.repository.releases) == 1


def test_a_draft_is_published_with_its_files(world, client, asset):
    world.repository.immutable_releases = True
    attach(client, asset)
    put_section(client, SECTION)
    publish(client, TAG)
    publish(client, TAG)
    (made,) = world.repository.releases.values()
    assert (made.draft, made.immutable, len(made.assets)) == (False, True, 1)


def test_the_words_of_an_immutable_release_can_still_be_changed(world, client):
    made = release(world, immutable=True)
    put_section(client, SECTION)
    assert "Nothing got slower." in made.body


def test_an_immutable_release_takes_no_file_and_says_what_to_do(world, client, asset):
    release(world, immutable=True)
    with pytest.raises(GithubFailed, match="is immutable") as failed:
        attach(client, asset)
    assert "then publish" in failed.value.next_step


def test_a_file_that_is_there_is_not_sent_again(world, client, asset):
    release(world)
    attach(client, asset)
    world.fake.exchanges.clear()
    attach(client, asset)
    assert not any(request.startswith(("POST", "DELETE")) for request in world.asked)


def test_a_file_with_other_bytes_is_replaced(world, client, asset, tmp_path):
    made = release(world)
    attach(client, asset)
    (tmp_path / "record.json").write_bytes(b'{"version": 2}')
    attach(client, asset)
    assert [one.data for one in made.assets] == [b'{"version": 2}']


@pytest.mark.parametrize("fault", [{"status": 502}, {"status": 502, "after": True}])
def test_a_file_survives_a_failure_of_github(world, client, asset, fault):
    made = release(world)
    world.fault(verb="POST", path="assets$", **fault)
    attach(client, asset)
    assert len(made.assets) == 1


def test_a_file_survives_a_lost_connection(world, client, asset):
    made = release(world)
    world.fault(verb="POST", path="assets$", kind=Kind.DROP, after=True)
    attach(client, asset)
    assert len(made.assets) == 1


def test_a_file_that_is_not_here_is_said(world, client, asset, tmp_path):
    (tmp_path / "record.json").unlink()
    with pytest.raises(GithubFailed, match=r"loadstone\.json for v1\.2\.0 is not at"):
        attach(client, asset)


def test_of_two_drafts_the_older_is_meant(world, client):
    first = release(world, draft=True)
    release(world, draft=True)
    found = find_release(client, TAG)
    assert found is not None
    assert found.id == first.id


def test_a_release_that_is_not_there_is_not_published(client):
    with pytest.raises(GithubFailed, match=r"no release v1\.2\.0"):
        publish(client, TAG)
