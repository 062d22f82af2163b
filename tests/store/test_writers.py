"""Many writers at once lose nothing, wherever records are kept."""

from __future__ import annotations

from functools import partial

import pytest

from loadstone.store.documents import BlobDocuments
from loadstone.store.record_store import RecordStore
from tests.component.repositories import git
from tests.store import places, writers

KEEPING, ADDING = 50, 12

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(1800)]


@pytest.fixture(params=sorted(places.PLACES))
def opened(request, tmp_path):
    """How a process opens the place, and the repository that has the branch, for a branch."""
    match request.param:
        case "directory":
            return partial(writers.folder, str(tmp_path / "baselines")), None
        case "git-remote":
            remote = places.bare(tmp_path / "remote")
            user = places.user(tmp_path / "user", remote)
            return partial(writers.branch, str(user), "data"), remote
        case "git-local":
            user = places.user(tmp_path / "user")
            return partial(writers.branch, str(user), "data"), user
        case _:
            url = request.getfixturevalue("s3")
            settings = {**places.CREDENTIALS, "AWS_ENDPOINT_URL": url}
            return partial(writers.bucket, places.bucket(), settings), None


def commits(repository):
    return len(git(repository, "rev-list", "--first-parent", "data").splitlines())


def test_fifty_records_at_once_are_all_kept(opened):
    opens, repository = opened
    assert writers.at_once(KEEPING, writers.keep, opens) == [0] * KEEPING
    store = RecordStore(opens())
    entries = store.list()
    wanted = {writers.record(number).runs[0].seconds for number in range(KEEPING)}
    assert {store.get(entry.key).runs[0].seconds for entry in entries} == wanted
    assert len(entries) == KEEPING
    if repository:
        assert commits(repository) == KEEPING, "a commit for each, none of them undone"


def test_notes_and_documents_lose_no_update(opened):
    opens, repository = opened
    assert writers.at_once(ADDING, writers.add, opens) == [0] * ADDING
    store = RecordStore(opens())
    note = store.note(store.series(writers.record(0)), writers.NOTE)
    assert sorted(int(line) for line in (note or b"").split()) == list(range(ADDING))
    counted = BlobDocuments(opens()).read(writers.COUNT)
    assert counted is not None
    assert counted.data == b"%d" % ADDING
    if repository:
        assert commits(repository) == 2 * ADDING
