"""What is kept between sessions: found, never taken from who uses it, and gone when it is old."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.component import cache
from loadstone.component.cache import CacheEntry
from loadstone.component.pruning import doomed
from loadstone.component.revisions.resolve import resolve
from loadstone.model import Side
from tests.component.repositories import component, created

SRC = Path(__file__).parents[2] / "src"
USES = """
import sys, time
from pathlib import Path
from loadstone.component import cache
place = Path(sys.argv[1])
with cache.making(place):
    cache.use(place)
print("used", flush=True)
sys.stdin.read()
"""


def kept(root: Path, *parts: str, size: int = 10, days: float = 0.0) -> Path:
    """An entry as a session that has ended leaves it."""
    place = root.joinpath(*parts)
    with cache.making(place):
        place.mkdir(parents=True)
        (place / "program").write_bytes(b"x" * size)
    for path in (place, place.parent / f".{place.name}.lock"):
        os.utime(path, (time.time() - days * 86_400,) * 2)
    return place


def test_an_entry_that_could_not_be_filled_is_not_there_and_leaves_nothing(tmp_path):
    place = tmp_path / "builds" / "app" / "1.0"
    with contextlib.suppress(KeyboardInterrupt), cache.filling(place, "app 1.0") as folder:
        (folder / "half").write_bytes(b"x")
        raise KeyboardInterrupt
    assert list(place.parent.iterdir()) == []


def test_an_entry_is_there_whole_and_says_what_it_is(tmp_path):
    place = tmp_path / "builds" / "app" / "1.0"
    with cache.making(place):
        with cache.filling(place, "app 1.0") as folder:
            (folder / "program").write_bytes(b"x")
            assert not place.exists()
        cache.use(place)
    assert (place / "program").read_bytes() == b"x"
    assert [each.name for each in cache.entries(tmp_path)] == ["app 1.0 app 1.0"]


@pytest.fixture
def elsewhere():
    """Another process that uses an entry, until the test ends."""
    running: list[subprocess.Popen[str]] = []

    def use(place: Path) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", USES, str(place)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(SRC)},
        )
        running.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "used\n"
        return process

    yield use
    for process in running:
        process.communicate()


def test_what_sessions_keep_is_listed_with_what_it_is(tmp_path):
    repository = created(tmp_path / "repository", "one")
    root = tmp_path / "cache"
    found = resolve(component(f"file://{repository}"), "main", Side.HEAD, cache=root)
    kept(root, "packages", "thing-bin", "1.2.3", size=1000, days=3)
    names = {each.kind: each.name for each in cache.entries(root)}
    assert names["builds"].endswith(f"{found.commit} thing main of file://{repository}")
    assert names["repositories"].endswith(f"file://{repository}")
    assert names["packages"] == "thing-bin 1.2.3"
    assert {each.kind for each in cache.entries(root) if each.busy} == {"builds", "repositories"}
    assert next(each for each in cache.entries(root) if each.kind == "packages").size == 1000


def test_what_a_session_uses_is_never_removed(tmp_path, elsewhere):
    place = kept(tmp_path, "builds", "key", "commit", days=90)
    session = elsewhere(place)
    (entry,) = cache.entries(tmp_path)
    assert entry.busy
    assert entry.used > time.time() - 60
    assert not cache.remove(entry)
    assert place.is_dir()
    session.kill()
    session.wait()
    (entry,) = cache.entries(tmp_path)
    assert not entry.busy
    assert cache.remove(entry)
    assert list(place.parent.iterdir()) == []


def test_what_is_being_made_is_never_removed(tmp_path):
    place = kept(tmp_path, "packages", "thing", "1")
    (entry,) = cache.entries(tmp_path)
    with cache.making(place):
        assert not cache.remove(entry)
    assert cache.remove(entry)


def test_two_that_use_one_entry_in_one_process_do_not_wait_for_each_other(tmp_path):
    place = kept(tmp_path, "packages", "thing", "1")
    for _ in range(2):
        with cache.making(place):
            cache.use(place)


def test_what_is_not_ours_is_never_listed(tmp_path):
    """A cache that is set to a directory with other things in it."""
    (tmp_path / "packages" / "theirs" / "1").mkdir(parents=True)
    (tmp_path / "builds").symlink_to("/usr")
    linked = kept(tmp_path, "packages", "ours", "1")
    (linked.parent / "2").symlink_to(linked)
    (linked.parent / ".2.lock").touch()
    (linked.parent / ".3.lock").touch()
    assert [each.path for each in cache.entries(tmp_path)] == [linked]
    assert cache.entries(tmp_path / "nothing") == []


def test_what_killed_sessions_left_is_swept_when_it_is_old(tmp_path):
    kept(tmp_path, "packages", "thing", "1")
    old = tmp_path / "packages" / "thing" / ".2-abc"
    new = tmp_path / "repositories" / ".1234-new"
    for path in (old, new):
        path.mkdir(parents=True)
    os.utime(old, (0, 0))
    assert cache.sweep(tmp_path, before=time.time() - 60) == [old]
    assert new.is_dir()
    assert len(cache.entries(tmp_path)) == 1


DAY = 86_400.0
MADE = st.builds(
    CacheEntry,
    kind=st.just("builds"),
    name=st.text(max_size=3),
    path=st.just(Path("x")),
    size=st.integers(0, 100),
    used=st.floats(0, 100 * DAY),
    busy=st.booleans(),
)


@given(st.lists(MADE, max_size=12), st.floats(0, 100 * DAY), st.integers(0, 500))
def test_pruning_keeps_its_two_promises(entries, unused, most):
    now = 100 * DAY
    gone = [each.entry for each in doomed(entries, now=now, unused=unused, most=most)]
    left = list(entries)
    for each in gone:
        left.remove(each)
    assert not any(each.busy for each in gone)
    assert all(each.busy or now - each.used <= unused for each in left)
    assert sum(each.size for each in left) <= most or all(each.busy for each in left)


@given(st.lists(MADE, max_size=12), st.integers(0, 500))
def test_pruning_for_room_takes_no_more_than_it_needs(entries, most):
    gone = [each.entry for each in doomed(entries, now=100 * DAY, unused=1e9, most=most)]
    total = sum(each.size for each in entries)
    if gone:
        assert total - sum(each.size for each in gone[:-1]) > most
    assert [each.used for each in gone] == sorted(each.used for each in gone)
