"""Baselines that cannot be read: said, and nothing is known in their place."""

import pytest

from loadstone.errors import UsageError
from loadstone.flows.knowledge import noise
from loadstone.flows.knowledge.reached import reached
from loadstone.report.common.sentences import sentence
from tests.store import made


def test_a_store_that_can_be_read_is_taken_as_it_is(tmp_path):
    store, notes = reached(f"directory:{tmp_path}", made.plan())
    assert notes == []
    store.save(made.record())
    store, _ = reached(f"directory:{tmp_path}", made.plan())
    assert len(store.list()) == 1


def test_a_branch_that_cannot_be_reached_is_said_and_tells_nothing(tmp_path):
    store, (note,) = reached(f"git:data@{tmp_path}/gone.git", made.plan())
    assert "no row is held against one" in sentence(note)
    assert list(store.list()) == []
    assert store.latest() is None
    assert noise.load(made.record(), store) is None


def test_to_what_cannot_be_reached_nothing_is_saved(tmp_path):
    store, _ = reached(f"git:data@{tmp_path}/gone.git", made.plan())
    with pytest.raises(UsageError, match="no baselines are at hand"):
        store.save(made.record())


def test_an_address_that_is_none_is_an_error(tmp_path):
    with pytest.raises(UsageError, match="no kind of store"):
        reached("nowhere:x", made.plan())
