"""A pull request and the record that it is held to, with a real history and a real store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from loadstone.flows.knowledge.ancestor_records import ancestor_record
from loadstone.store.directory import DirectoryStore
from tests.component.repositories import commit, created, git
from tests.store import made


@pytest.fixture
def repository(tmp_path):
    """main: 1, 2, 3; topic, from 2: 4."""
    place = created(tmp_path / "repository", "1", "2")
    git(place, "checkout", "--quiet", "-b", "topic")
    commit(place, "4")
    git(place, "checkout", "--quiet", "main")
    commit(place, "3")
    return place


@pytest.fixture
def store(tmp_path):
    return DirectoryStore(tmp_path / "store")


def measured(repository, revision, hour=5, **changes):
    head = replace(made.plan().head, commit=git(repository, "rev-parse", revision), label=revision)
    started = f"2026-11-22T{hour:02}:00:00Z"
    return made.record(plan=made.plan(head=head), started=started, **changes)


def found(repository, store):
    record = measured(repository, "topic")
    base, head = (git(repository, "rev-parse", name) for name in ("main", "topic"))
    return ancestor_record(record, store, repository, base=base, head=head)


def test_it_is_of_the_merge_base_and_not_of_what_came_to_main_later(repository, store):
    store.save(measured(repository, "main", 9))
    store.save(measured(repository, "main~2", 8))
    assert found(repository, store).entry.revision.startswith("main~2") is False
    assert found(repository, store).behind == 1
    kept = store.save(measured(repository, "main~1", 7))
    assert (found(repository, store).entry, found(repository, store).behind) == (kept, 0)


def test_a_record_of_another_environment_is_never_taken(repository, store):
    store.save(measured(repository, "main~1", environment=made.environment(key="another")))
    chosen = found(repository, store)
    assert chosen.entry is None
    assert chosen.reason.code == "no-records"


def test_the_record_of_the_pull_request_itself_is_none_of_an_ancestor(repository, store):
    store.save(measured(repository, "topic"))
    assert found(repository, store).reason.code == "no-ancestor"
