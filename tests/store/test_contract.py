"""What every store promises. A new one joins by a line of `PLACES`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from loadstone.errors import InvalidFile, UsageError
from loadstone.model import Record
from loadstone.store import layout, records
from loadstone.store.protocol import Query, Store
from loadstone.store.record_store import RecordStore
from loadstone.store.table import BLOBS, STORES
from tests.store import made
from tests.store.places import PLACES


@pytest.fixture
def store(blobs) -> Store:
    return RecordStore(blobs)


def at(hour: int, **changes: object) -> Record:
    return made.record(started=f"2026-11-22T{hour:02}:00:00Z", **changes)


def of(label: str, digest: str = "") -> dict[str, object]:
    head = replace(made.plan().head, label=label, digest=digest or label.encode().hex() * 8)
    return {"plan": made.plan(head=head)}


def test_every_implementation_of_the_table_is_tested_here():
    assert {kind.partition("-")[0] for kind in PLACES} == set(STORES) == set(BLOBS)


def test_an_empty_store_has_nothing(store):
    assert list(store.list()) == []
    assert store.latest() is None
    assert list(store.prune(1)) == []


def test_what_is_saved_is_got_back(store):
    entry = store.save(made.record())
    assert made.same(store.get(entry.key), made.record())


def test_an_entry_tells_what_the_record_is_of(store):
    entry = store.save(made.record())
    assert (entry.component, entry.scenarios, entry.tier) == ("proxy", "latency", "quick")
    assert entry.environment == made.environment().key
    assert entry.revision == "1.1@" + "c" * 12
    assert entry.started == "2026-11-22T05:00:00Z"
    assert entry.size is not None
    assert entry.size > 100
    (listed,) = store.list()
    assert replace(listed, size=entry.size) == entry
    assert listed.size in (entry.size, None), "a branch does not know before it reads"


def test_nothing_is_ever_overwritten(store):
    entries = [store.save(made.record(finished=str(number))) for number in range(12)]
    assert len({entry.key for entry in entries}) == 12
    assert [store.get(entry.key).finished for entry in entries] == [str(n) for n in range(12)]
    assert {entry.key for entry in store.list()} == {entry.key for entry in entries}


def test_the_newest_comes_first(store):
    for hour in (3, 9, 6):
        store.save(at(hour))
    assert [entry.started[11:13] for entry in store.list()] == ["09", "06", "03"]
    latest = store.latest()
    assert latest is not None
    assert latest.started == "2026-11-22T09:00:00Z"


def test_the_times_of_other_zones_are_put_in_order(store):
    store.save(made.record(started="2026-11-22T01:00:00-05:00"))
    store.save(made.record(started="2026-11-22T05:30:00.25Z"))
    store.save(made.record(started="some day"))
    times = [entry.started for entry in store.list()]
    assert times == ["2026-11-22T06:00:00Z", "2026-11-22T05:30:00Z", ""]


QUERIES = [
    (Query(), 3),
    (Query(component="proxy"), 2),
    (Query(component="other"), 1),
    (Query(component="nobody"), 0),
    (Query(scenarios=["latency"]), 3),
    (Query(scenarios=["latency", "churn"]), 0),
    (Query(tier="pr"), 0),
    (Query(environment=made.environment().key), 3),
    (Query(environment="elsewhere"), 0),
    (Query(revision="1.1"), 1),
    (Query(revision="v2"), 2),
    (Query(revision="1"), 0),
    (Query(revision="ccccccc"), 1),
    (Query(revision="sha256:" + "c" * 64), 1),
    (Query(revision="c"), 0),
    (Query(component="proxy", revision="v2"), 1),
]


def test_a_query_finds_what_it_names(store):
    store.save(made.record())
    store.save(made.record(**of("v2")))
    plan = replace(made.plan(), component="other", head=replace(made.plan().head, label="v2"))
    plan = replace(plan, head=replace(plan.head, digest=""))
    store.save(made.record(plan=plan))
    for query, found in QUERIES:
        assert len(store.list(query)) == found, query


def test_scenarios_are_found_in_any_order(store):
    case = made.plan().cases[0]
    cases = [replace(case, case=replace(case.case, scenario=name)) for name in ("b", "a", "b")]
    store.save(made.record(plan=made.plan(cases=cases)))
    assert len(store.list(Query(scenarios=["b", "a"]))) == 1
    assert store.list()[0].scenarios == "a+b"


def test_a_key_that_is_not_there_is_a_wrong_use(store):
    store.save(made.record())
    for key in ("", ".", "..", "nothing", "../../../../etc/passwd", "/etc/passwd", "a\0", ".git"):
        with pytest.raises(UsageError, match="there is no baseline"):
            store.get(key)


EVIL = ["../../../up", "/etc/passwd", "..", "", "a/b", "a\0b", "é" * 300, "x" * 5000, " ", "."]


def test_words_from_outside_cannot_leave_the_store(store, tmp_path):
    before = sorted(path.name for path in tmp_path.parent.iterdir())
    for evil in EVIL:
        head = replace(made.plan().head, label=evil, digest=evil)
        plan = made.plan(component=evil, tier=evil, head=head)
        entry = store.save(made.record(plan=plan, environment=made.environment(key=evil)))
        assert store.get(entry.key).plan.component == evil
        query = Query(component=evil, tier=evil, environment=evil, revision=evil)
        found = [each.key for each in store.list(query)]
        assert entry.key in found if evil == "" else found == [entry.key]
    assert len(store.list()) == len(EVIL)
    assert sorted(path.name for path in tmp_path.parent.iterdir()) == before


def test_words_that_differ_never_share_a_place(store):
    labels = ["a b", "a/b", "a-b", "a~b", "a@b", "x" * 90, "x" * 91]
    for label in labels:
        store.save(made.record(plan=made.plan(head=replace(made.plan().head, label=label))))
    assert len({entry.revision for entry in store.list()}) == len(labels)
    assert all(len(store.list(Query(revision=label))) == 1 for label in labels)


def test_pruning_keeps_the_newest_of_every_series(store):
    for hour in range(5):
        store.save(at(hour, **of(f"v{hour}")))
    other = at(0, plan=made.plan(component="other"))
    store.save(other)
    planned = store.prune(2, dry_run=True)
    assert len(store.list()) == 6, "a dry run removes nothing"
    removed = store.prune(2)
    assert list(removed) == list(planned)
    assert [entry.revision.partition("@")[0] for entry in removed] == ["v2", "v1", "v0"]
    assert [entry.started[11:13] for entry in store.list(Query(component="proxy"))] == ["04", "03"]
    assert len(store.list(Query(component="other"))) == 1
    for entry in removed:
        with pytest.raises(UsageError):
            store.get(entry.key)


def test_pruning_touches_only_what_is_meant(store):
    for hour in range(3):
        store.save(at(hour))
        store.save(at(hour, plan=made.plan(component="other")))
    store.prune(1, Query(component="other"))
    assert (len(store.list(Query(component="proxy"))), len(store.list())) == (3, 4)


def test_pruning_everything_is_refused(store):
    store.save(made.record())
    for keep in (0, -1):
        with pytest.raises(UsageError, match="cannot keep"):
            store.prune(keep)
    assert len(store.list()) == 1


def test_a_record_that_cannot_be_kept_leaves_nothing(store):
    with pytest.raises(InvalidFile):
        store.save(made.record(runs=[replace(made.run(), seconds=float("inf"))]))
    assert store.latest() is None


COMMIT = "0123456789abcdef0123456789abcdef01234567"


def test_the_same_session_is_kept_once(store):
    first = store.save(made.record())
    assert store.save(made.record(judgement=None)).key == first.key
    assert len(store.list()) == 1


def test_an_entry_knows_the_whole_commit_of_the_head(store):
    head = replace(made.plan().head, commit=COMMIT)
    entry = store.save(made.record(plan=made.plan(head=head)))
    assert (entry.commit, store.list()[0].commit) == (COMMIT, COMMIT)
    assert store.list(Query(revision=COMMIT[:9]))[0].key == entry.key
    assert store.get(entry.key).plan.head.commit == COMMIT


def test_what_is_no_commit_is_none_of_an_entry(store):
    for commit in ("", "abc", COMMIT + "0", "x" * 40, "../" * 13 + "a"):
        head = replace(made.plan().head, commit=commit)
        assert store.save(made.record(plan=made.plan(head=head))).commit == ""


@pytest.mark.parametrize("name", ["20261122T050000Z.json", "20261122T050000Z-2.json"])
def test_records_of_before_are_found_and_not_kept_again(store, blobs, name):
    record = made.record()
    key = f"{layout.folder(record)}/{name}"
    assert blobs.write(key, records.encode(record, where="it"), expected=None)
    assert store.save(record).key == key
    (entry,) = store.list()
    assert (entry.key, entry.commit) == (key, "")
    assert made.same(store.get(key), record)


def test_a_damaged_record_keeps_no_other_out(store, blobs):
    blobs.write(layout.name(made.record()), b"{ broken", expected=None)
    entry = store.save(made.record())
    assert made.same(store.get(entry.key), made.record())
    with pytest.raises(InvalidFile, match="not JSON"):
        store.get(layout.name(made.record()))


def test_files_of_others_are_passed_over(store, blobs):
    entry = store.save(made.record())
    folder = layout.folder(made.record())
    for name in ("README.md", f"{folder}/notes.json", f"{folder}/20261122T050000Z.json.bak"):
        blobs.write(name, b"x", expected=None)
    assert [found.key for found in store.list()] == [entry.key]


def test_a_note_is_what_was_made_of_the_last_one(store):
    series = store.series(made.record())
    assert store.note(series, "noise.json") is None
    place = store.update_note(series, "noise.json", lambda before: b"%r" % before)
    assert store.note(series, "noise.json") == b"None"
    assert place.endswith("noise.json")
    store.update_note(series, "noise.json", lambda before: (before or b"") + b"\xff\0")
    assert store.note(series, "noise.json") == b"None\xff\0"
    assert store.list() == []


def test_a_note_that_somebody_changed_meanwhile_is_made_anew(store):
    series, asked = store.series(made.record()), []

    def change(before):
        asked.append(before)
        if len(asked) == 1:
            store.update_note(series, "n", lambda _: b"theirs")
        return (before or b"") + b"+ours"

    store.update_note(series, "n", change)
    assert asked == [None, b"theirs"]
    assert store.note(series, "n") == b"theirs+ours"


def test_a_series_that_cannot_be_has_no_notes(store):
    for series in ("..", "a/../b", "/etc", ".git/refs", "a//b", "", "a/b\nc"):
        with pytest.raises(UsageError, match="no series"):
            store.note(series, "noise.json")
        with pytest.raises(UsageError, match="no series"):
            store.update_note(series, "noise.json", lambda _: b"")


def test_a_store_is_named_as_it_is_asked_for(store):
    assert str(store)
    assert "secret" not in str(store)
