"""The cache as people read it: sizes, ages, what goes and what stays."""

from dataclasses import dataclass

import pytest

from loadstone.report.listings.cache import ago, pruned, terminal

DAY = 86_400.0


@dataclass(frozen=True, kw_only=True)
class Thing:
    name: str
    kind: str = "packages"
    size: int = 1000
    used: float = 0.0
    busy: bool = False


def test_what_is_in_use_says_so_instead_of_its_age():
    text = terminal(
        "/c", [Thing(name="a", busy=True), Thing(name="b")], now=3 * DAY, unused=30, most=2**30
    )
    lines = text.splitlines()
    assert lines[0] == "/c: 1.95 KiB in 2 entries"
    assert lines[3:5] == ["packages  1,000 B  in use      a", "packages  1,000 B  3 days ago  b"]
    assert "not used for 30 days, and what is beyond 1.00 GiB" in lines[-1]


def test_an_empty_cache_has_no_table():
    assert len(terminal("/c", [], now=0.0, unused=0.5, most=1).splitlines()) == 2


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "just now"),
        (59.9, "just now"),
        (60, "1 minute ago"),
        (7199, "1 hour ago"),
        (2 * DAY, "2 days ago"),
    ],
)
def test_an_age_is_told_in_its_largest_whole_unit(seconds, said):
    assert ago(seconds) == said


@pytest.mark.parametrize(("dry_run", "verb"), [(False, "removed"), (True, "would remove")])
def test_pruning_names_each_with_why_it_went_and_what_stays(dry_run, verb):
    gone = [(Thing(name="old"), "unused"), (Thing(name="big", size=3000), "room")]
    text = pruned("/c", gone, [Thing(name="x", busy=True), Thing(name="y")], dry_run=dry_run)
    assert text.splitlines() == [
        f"{verb} packages old: 1,000 B, unused for long",
        f"{verb} packages big: 2.93 KiB, the longest unused",
        f"{verb} 3.91 KiB; 1.95 KiB stay in /c, 1 entry of it in use",
    ]


def test_a_name_from_outside_cannot_break_its_line():
    gone = [(Thing(name="a\nremoved everything"), "room")]
    assert len(pruned("/c", gone, [], dry_run=False).splitlines()) == 2
