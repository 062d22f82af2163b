from __future__ import annotations

import threading
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.errors import InvalidFile, LoadstoneError, UsageError
from loadstone.store import contents
from loadstone.store.directory import DirectoryStore
from loadstone.store.names import LONGEST, slug
from tests.store import made


@pytest.fixture
def store(tmp_path: Path) -> DirectoryStore:
    return DirectoryStore(tmp_path / "baselines")


def test_a_record_lies_where_a_person_would_look(store):
    entry = store.save(made.record())
    folder, name = entry.key.rsplit("/", maxsplit=1)
    assert folder == "proxy/latency/quick/a1b2c3d4e5f6/1.1@cccccccccccc"
    assert name == f"20261122T050000Z-{contents.digest(made.record())[:16]}.json"


def at_once(saves):
    threads = [threading.Thread(target=save) for save in saves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_saving_at_the_same_moment_keeps_both(store):
    entries = []

    def save(number):
        another = made.record(runs=[made.run(0, seconds=float(number))])
        entries.append(store.save(another))

    at_once([partial(save, number) for number in range(8)])
    assert len({entry.key for entry in entries}) == 8
    assert len(store.list()) == 8


def test_the_same_session_saved_at_the_same_moment_is_kept_once(store):
    entries = []
    at_once([lambda: entries.append(store.save(made.record()))] * 8)
    assert len({entry.key for entry in entries}) == 1
    assert len(store.list()) == 1


def test_a_session_that_is_there_under_another_name_is_not_kept_again(store):
    entry = store.save(made.record())
    path = store.root / entry.key
    copy = path.with_name("20250101T000000Z.json")
    path.rename(copy)
    assert store.save(made.record()).key == str(copy.relative_to(store.root))
    assert len(store.list()) == 1


def test_a_file_that_cannot_be_read_keeps_nothing_out(store):
    entry = store.save(made.record())
    (store.root / entry.key).write_text("{ broken")
    assert store.save(made.record()).key.endswith("-2.json")


def test_listing_reads_no_record(store):
    entry = store.save(made.record())
    (store.root / entry.key).write_text("{ broken")
    assert [found.key for found in store.list()] == [entry.key]
    with pytest.raises(InvalidFile):
        store.get(entry.key)


def test_files_that_are_none_of_ours_are_passed_over(store):
    entry = store.save(made.record())
    folder = (store.root / entry.key).parent
    for name in ("notes.json", ".draft-abc", "20261122T050000Z.json.bak", "README.md"):
        (folder / name).write_text("x")
    (store.root / "README.md").write_text("x")
    assert [found.key for found in store.list()] == [entry.key]


def test_pruning_removes_the_folders_it_emptied_and_no_more(store):
    store.save(made.record(started="2026-11-22T05:00:00Z"))
    head = made.plan().base
    kept = store.save(made.record(started="2026-11-22T06:00:00Z", plan=made.plan(head=head)))
    store.prune(1)
    assert [str(path.relative_to(store.root)) for path in store.root.rglob("*.json")] == [kept.key]
    assert [path.name for path in (store.root / kept.key).parent.parent.iterdir()] == [
        kept.revision
    ]


def test_a_symbolic_link_cannot_lead_out(store, tmp_path):
    store.root.mkdir()
    (tmp_path / "secret").mkdir()
    (store.root / "proxy").symlink_to(tmp_path / "secret")
    with pytest.raises(UsageError, match="leads out of"):
        store.save(made.record())
    assert list((tmp_path / "secret").iterdir()) == []


def test_a_place_that_cannot_be_written_is_told_in_words(tmp_path):
    (tmp_path / "baselines").write_text("a file")
    with pytest.raises(LoadstoneError, match=r"cannot write .*: not a directory"):
        DirectoryStore(tmp_path / "baselines").save(made.record())


@given(st.text(max_size=200))
def test_a_slug_is_one_safe_part_of_a_path(text):
    name = slug(text)
    assert 0 < len(name) <= LONGEST
    assert name.isascii()
    assert not name.startswith((".", "-"))
    assert not set(name) & set('/\\\0:*?"<>|@ ')


@given(st.text(max_size=100), st.text(max_size=100))
def test_two_texts_never_share_a_slug(one, other):
    assert (slug(one) == slug(other)) == (one == other)


@given(st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9._+-]{0,79}", fullmatch=True))
def test_a_plain_name_is_its_own_slug(text):
    assert slug(text) == text
