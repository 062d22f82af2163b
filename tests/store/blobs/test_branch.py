"""A data branch, in real repositories: nothing of the user's is touched, nothing is forced."""

from __future__ import annotations

import stat
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from loadstone.errors import InvalidFile, LoadstoneError, UsageError
from loadstone.store.blobs import address
from loadstone.store.blobs.branch import MARK, Branch
from loadstone.store.blobs.local_branch import LocalBranch
from loadstone.store.blobs.remote_branch import RemoteBranch, Unreached
from loadstone.store.blobs.tips import find
from loadstone.store.record_store import RecordStore
from tests.component.repositories import git
from tests.store import made, places

RECORD = "a/b/c/d/e/20261122T050000Z.json"


@pytest.fixture
def remote(tmp_path) -> Path:
    return places.bare(tmp_path / "remote")


@pytest.fixture
def user(tmp_path, remote) -> Path:
    return places.user(tmp_path / "user", remote)


@pytest.fixture
def alone(tmp_path) -> Path:
    return places.user(tmp_path / "alone")


def read(branch: Branch, name: str) -> bytes:
    found = branch.read(name, most=1_000_000)
    assert found is not None
    return found.data


def state(repository: Path) -> list[str]:
    """All that a user sees of a repository."""
    return [
        git(repository, "status", "--porcelain=2", "--branch"),
        git(repository, "for-each-ref"),
        git(repository, "config", "--list", "--local"),
        git(repository, "rev-parse", "--is-shallow-repository"),
        git(repository, "count-objects"),
        git(repository, "ls-files", "--stage"),
    ]


def hook(remote: Path, script: str) -> None:
    path = remote / "hooks" / "pre-receive"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


# --- where the records go


def test_a_remote_branch_changes_nothing_in_the_users_repository(user, remote):
    (user / "version").write_text("being worked on")
    git(user, "add", "version")
    before = state(user)
    branch = places.branch("data", user)
    branch.write("a", b"1", expected=None)
    assert read(branch, "a") == b"1"
    assert state(user) == before
    assert git(remote, "show", "data:a") == "1"


def test_a_local_branch_changes_nothing_but_itself(alone):
    (alone / "version").write_text("being worked on")
    git(alone, "add", "version")
    status = git(alone, "status", "--porcelain=2", "--branch")
    index = git(alone, "ls-files", "--stage")
    places.branch("data", alone).write("a", b"1", expected=None)
    assert git(alone, "status", "--porcelain=2", "--branch") == status
    assert git(alone, "ls-files", "--stage") == index
    heads = git(alone, "for-each-ref", "--format=%(refname)").splitlines()
    assert heads == ["refs/heads/data", "refs/heads/main"]


def test_a_new_branch_has_no_history_but_its_own(user, remote):
    places.branch("data", user).write("a", b"1", expected=None)
    assert git(remote, "rev-list", "--count", "data") == "1"
    assert git(remote, "ls-tree", "-r", "--name-only", "data").splitlines() == [MARK, "a"]


def test_no_history_is_written_over(user, remote):
    branch = places.branch("data", user)
    heads = []
    for number in range(3):
        branch.write(f"a{number}", b"1", expected=None)
        heads.append(git(remote, "rev-parse", "data"))
    branch.remove(["a0", "a1"])
    assert git(remote, "rev-list", "--reverse", "data").splitlines()[:3] == heads
    assert git(remote, "show", f"{heads[1]}:a1") == "1"


def test_origin_is_the_usual_remote_and_the_repository_itself_can_be_meant(user, remote):
    assert isinstance(find(address.branch("data"), user), RemoteBranch)
    assert isinstance(find(address.branch("data@."), user), LocalBranch)
    git(user, "remote", "rename", "origin", "upstream")
    assert isinstance(find(address.branch("data"), user), RemoteBranch)
    git(user, "remote", "add", "other", str(remote))
    with pytest.raises(UsageError, match="which remote") as caught:
        find(address.branch("data"), user)
    assert "upstream" in caught.value.next_step
    assert isinstance(find(address.branch("data@other"), user), RemoteBranch)


def test_a_path_and_a_url_are_remotes_too(user, remote, tmp_path):
    for where in (f"data@{remote}", f"data@file://{remote}", "data@../remote"):
        places.branch(where, user).write(f"{len(where)}", b"1", expected=None)
    names = git(remote, "ls-tree", "--name-only", "data").splitlines()
    assert len(names) == 4


def test_outside_of_a_repository_a_url_is_needed(tmp_path, remote):
    outside = tmp_path / "outside"
    outside.mkdir()
    places.branch(f"data@{remote}", outside).write("a", b"1", expected=None)
    with pytest.raises(UsageError, match="is in no Git repository"):
        places.branch("data", outside).names()
    with pytest.raises(UsageError, match="no remote nowhere"):
        places.branch("data@nowhere", outside).names()


def test_a_worktree_and_a_folder_of_it_mean_the_same_branch(alone, tmp_path):
    git(alone, "worktree", "add", "--quiet", str(tmp_path / "second"), "-b", "second")
    (tmp_path / "second" / "deep").mkdir()
    places.branch("data", tmp_path / "second" / "deep").write("a", b"1", expected=None)
    assert read(places.branch("data", alone), "a") == b"1"


def test_how_a_server_is_reached_is_taken_from_the_users_repository(user, remote):
    """As a token is, which a checkout leaves there."""
    git(user, "config", "url.https://host.test/.insteadOf", "short:")
    git(user, "config", f"url.{remote.parent}/.insteadOf", "there:")
    git(user, "config", "remote.origin.url", "there:remote")
    places.branch("data", user).write("a", b"1", expected=None)
    assert git(remote, "show", "data:a") == "1"


# --- what is fetched


def test_neither_history_nor_other_records_are_fetched(user, remote):
    """A gigabyte of records costs whoever reads one of them the names of the others."""
    branch = places.branch("data", user)
    for number in range(5):
        branch.write(f"a{number}", b"%d" % number * 50_000, expected=None)
    tip = find(address.branch("data"), user)
    reader = Branch("it", lambda: tip)
    assert len(reader.names()) == 5
    assert isinstance(tip, RemoteBranch)
    where, _ = tip._opened()
    commits = git(where, "rev-list", "--count", "data")
    objects = git(where, "cat-file", "--batch-check=%(objecttype)", "--batch-all-objects")
    assert commits == "1"
    assert sorted(objects.split()) == ["commit", "tree"]
    assert read(reader, "a3") == b"3" * 50_000
    objects = git(where, "cat-file", "--batch-check=%(objecttype)", "--batch-all-objects")
    assert sorted(objects.split()) == ["blob", "commit", "tree"]


def test_what_is_expected_comes_in_one_trip(user, remote):
    writer = places.branch("data", user)
    for number in range(5):
        writer.write(f"a{number}", b"%d" % number, expected=None)
    tip = find(address.branch("data"), user)
    assert isinstance(tip, RemoteBranch)
    reader = Branch("it", lambda: tip)
    reader.expect(["a1", "a2", "a3", "nothing"])
    where, _ = tip._opened()
    objects = git(where, "cat-file", "--batch-check=%(objecttype)", "--batch-all-objects")
    assert sorted(objects.split()) == ["blob", "blob", "blob", "commit", "tree"]
    remote.rename(remote.with_name("away"))
    found = reader.read("a2", most=10, fresh=False)
    assert found is not None
    assert found.data == b"2"


def test_a_server_that_gives_no_parts_is_read_whole(user, remote):
    git(remote, "config", "uploadpack.allowFilter", "false")
    places.branch("data", user).write("a", b"1", expected=None)
    assert read(places.branch("data", user), "a") == b"1"


def test_the_repository_of_our_own_goes_with_the_branch(user):
    tip = find(address.branch("data"), user)
    tip.newest()
    assert isinstance(tip, RemoteBranch)
    where, _ = tip._opened()
    assert where.is_dir()
    del tip
    assert not where.exists()


# --- races


class Overtaken:
    """A tip that another writer moves just before each of the first pushes."""

    def __init__(self, tip, times, write):
        self._tip, self._times, self._write = tip, times, write
        self.branch = tip.branch

    def __getattr__(self, name):
        return getattr(self._tip, name)

    def advance(self, stream):
        if self._times:
            self._times -= 1
            self._write(self._times)
        return self._tip.advance(stream)


@pytest.mark.parametrize("kind", ["remote", "local"])
def test_a_writer_who_is_overtaken_tries_again_until_it_is_done(kind, user, alone):
    place = user if kind == "remote" else alone
    other = places.branch("data", place)
    tip = Overtaken(
        find(address.branch("data"), place),
        3,
        lambda number: other.write(f"theirs{number}", b"1", expected=None),
    )
    waited: list[float] = []
    branch = Branch("it", lambda: tip, sleep=waited.append)
    assert branch.write("ours", b"1", expected=None)
    assert len(waited) == 3
    assert {*other.names()} == {"ours", "theirs0", "theirs1", "theirs2"}


def test_two_writers_of_the_same_bytes_are_two(user):
    """In the same second, on the same tip: their commits would be one without a mark."""
    one, other = places.branch("data", user), places.branch("data", user)
    one.write("count", b"1", expected=None)
    assert other.write("count", b"1", expected=None) is None


class Torn:
    """A tip whose connection breaks after a push: `arrived` or before it."""

    def __init__(self, tip, *, arrived):
        self._tip, self._arrived, self.branch = tip, arrived, tip.branch
        self.pushes = 0

    def __getattr__(self, name):
        return getattr(self._tip, name)

    def advance(self, stream):
        self.pushes += 1
        if self.pushes > 1:
            return self._tip.advance(stream)
        commit = self._tip.advance(stream) if self._arrived else "0" * 40
        raise Unreached("the remote end hung up", next_step="try again", commit=commit or "")


@pytest.mark.parametrize("arrived", [True, False])
def test_a_push_of_which_nobody_knows_counts_once(user, remote, arrived):
    tip = Torn(find(address.branch("data"), user), arrived=arrived)
    branch = Branch("it", lambda: tip, sleep=lambda _: None)
    assert branch.write("count", b"1", expected=None)
    assert tip.pushes == (1 if arrived else 2)
    assert git(remote, "rev-list", "--count", "data") == "1"


def test_a_server_that_stays_away_is_told_after_a_while(user, remote):
    git(user, "config", "remote.origin.url", "http://127.0.0.1:9/nobody")
    times = count(0.0, 100.0)
    branch = Branch(
        "it",
        partial(find, address.branch("data"), user),
        sleep=lambda _: None,
        clock=lambda: next(times),
        patience=250.0,
    )
    with pytest.raises(Unreached, match=r"127\.0\.0\.1") as caught:
        branch.write("a", b"1", expected=None)
    assert "git ls-remote" in caught.value.next_step


def test_a_branch_that_goes_meanwhile_begins_anew(user, remote):
    branch = places.branch("data", user)
    branch.write("a", b"1", expected=None)
    git(remote, "update-ref", "-d", "refs/heads/data")
    assert branch.write("b", b"1", expected=None)
    assert "b" in places.branch("data", user).names()


# --- refusals for good


def test_a_protected_branch_puts_the_record_aside_and_says_what_to_do(user, remote, tmp_path):
    hook(remote, "echo 'GH006: Protected branch update failed' >&2; exit 1")
    store = RecordStore(places.branch("data", user), aside=tmp_path / "aside")
    with pytest.raises(LoadstoneError, match="the record is not in git:data") as caught:
        store.save(made.record())
    (kept,) = (tmp_path / "aside").rglob("*.json")
    assert f"it is saved in {kept}" in caught.value.message
    assert "GH006" in caught.value.message
    assert "allow plain pushes" in caught.value.next_step
    assert f"loadstone baseline save '{kept}' --store 'git:data'" in caught.value.next_step
    (remote / "hooks" / "pre-receive").unlink()
    assert store.save(made.record())


def test_a_ctrl_c_puts_the_record_aside(user, tmp_path):
    def interrupted(_):
        raise KeyboardInterrupt

    other = places.branch("data", user)
    tip = Overtaken(
        find(address.branch("data"), user), 1, lambda _: other.write("x", b"", expected=None)
    )
    store = RecordStore(
        Branch("git:data", lambda: tip, sleep=interrupted), aside=tmp_path / "aside"
    )
    with pytest.raises(LoadstoneError, match="interrupted") as caught:
        store.save(made.record())
    assert caught.value.exit_code == 130
    assert len(list((tmp_path / "aside").rglob("*.json"))) == 1


def test_a_repository_that_is_not_there_is_told(user, tmp_path):
    git(user, "config", "remote.origin.url", str(tmp_path / "nowhere"))
    with pytest.raises(LoadstoneError, match="does not read data") as caught:
        places.branch("data", user).names()
    assert "git ls-remote" in caught.value.next_step


def test_no_password_is_shown(tmp_path):
    where = "data@http://somebody:secret@127.0.0.1:9/x"
    branch = Branch(
        "it", partial(find, address.branch(where), tmp_path), sleep=lambda _: None, patience=-1.0
    )
    with pytest.raises(LoadstoneError) as caught:
        branch.write("a", b"", expected=None)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("place", ["main", "main@."])
def test_a_branch_of_other_things_is_left_alone(user, place):
    before = state(user)
    with pytest.raises(UsageError, match=r"no branch of records|is checked out"):
        places.branch(place, user).write("a", b"1", expected=None)
    assert state(user) == before


def test_a_branch_that_somebody_works_on_is_left_alone(alone):
    branch = places.branch("data", alone)
    branch.write("a", b"1", expected=None)
    git(alone, "checkout", "--quiet", "data")
    with pytest.raises(UsageError, match="is checked out in"):
        branch.write("b", b"1", expected=None)


# --- hostile trees


def tree(repository: Path, folder: str, mode: str, name: str, found: str) -> None:
    """A data branch with one more entry `name` in `folder`, of any mode."""
    index = {"GIT_INDEX_FILE": str(repository / "planted-index")}
    empty = repository / "nothing"
    empty.write_text("")
    mark = git(repository, "hash-object", "-w", str(empty))
    for entry in (f"100644,{mark},{MARK}", f"{mode},{found},{folder}{name}"):
        git(repository, "update-index", "--add", "--cacheinfo", entry, env=index)
    made_tree = git(repository, "write-tree", "--missing-ok", env=index)
    commit = git(repository, "commit-tree", made_tree, "-m", "planted")
    git(repository, "update-ref", "refs/heads/data", commit)


def blob(repository: Path, text: str) -> str:
    path = repository / "blob"
    path.write_text(text)
    return git(repository, "hash-object", "-w", str(path))


def test_a_symbolic_link_in_the_tree_is_refused_in_words(alone):
    folder, _, name = RECORD.rpartition("/")
    tree(alone, f"{folder}/", "120000", name, blob(alone, "/etc/passwd"))
    store = RecordStore(places.branch("data", alone))
    assert store.list() == []
    with pytest.raises(UsageError, match="is a symbolic link"):
        store.get(RECORD)


def test_a_submodule_in_the_tree_is_refused_in_words(alone):
    folder, _, name = RECORD.rpartition("/")
    tree(alone, f"{folder}/", "160000", name, git(alone, "rev-parse", "main"))
    store = RecordStore(places.branch("data", alone))
    assert store.list() == []
    with pytest.raises(UsageError, match="is a submodule"):
        store.get(RECORD)


@pytest.mark.parametrize("name", ["a\tb.json", "ü.json", "a b", "-x", "a\nb", "x" * 250])
def test_a_strange_name_in_the_tree_is_passed_over(alone, name):
    tree(alone, "", "100644", name, blob(alone, "x"))
    branch = places.branch("data", alone)
    assert set(branch.names()) <= {"-x"}
    assert branch.write("b", b"1", expected=None)


def test_a_malformed_record_is_told_with_its_place(alone):
    folder, _, name = RECORD.rpartition("/")
    tree(alone, f"{folder}/", "100644", name, blob(alone, '{"plan": 1'))
    store = RecordStore(places.branch("data", alone))
    with pytest.raises(InvalidFile, match=f"git:data:{RECORD}: it ends in the middle"):
        store.get(RECORD)


def test_a_giant_file_is_not_read(alone):
    branch = places.branch("data", alone)
    branch.write("a", b"x" * 1001, expected=None)
    with pytest.raises(InvalidFile, match="larger than 1000 bytes"):
        branch.read("a", most=1000)


def test_a_file_in_the_way_is_not_replaced_by_a_folder(alone):
    branch = places.branch("data", alone)
    branch.write("a", b"1", expected=None)
    with pytest.raises(UsageError, match="a is in the way"):
        branch.write("a/b", b"1", expected=None)
    branch.write("c/d", b"1", expected=None)
    with pytest.raises(UsageError, match="c/d is in the way"):
        branch.write("c", b"1", expected=None)
    assert set(branch.names()) == {"a", "c/d"}
