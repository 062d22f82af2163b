"""Checks as people read them: how to mend what is missing, and nothing where all is well."""

from dataclasses import dataclass

from loadstone.report.listings.checks import (
    COUNTED,
    NOT_COUNTED,
    not_counted,
    room,
    terminal,
    tool,
)
from loadstone.system.perf_events import EVENTS, Hindrance


@dataclass(frozen=True, kw_only=True)
class Found:
    name: str
    good: bool
    needed: bool = True
    found: str = "none"
    mend: str = "install it"


def test_only_what_is_missing_says_how_to_mend_it():
    fine = Found(name="git", good=True, found="2.47")
    missing = Found(name="nginx", good=False)
    _header, first, second = terminal([fine, missing]).splitlines()
    assert first.split() == ["ok", "git", "2.47"]
    assert second.split() == ["MISSING", "nginx", "none", "install", "it"]


def test_what_a_session_can_do_without_is_called_absent():
    _header, row = terminal([Found(name="k6", good=False, needed=False)]).splitlines()
    assert row.startswith("absent")


def test_a_tool_says_its_version_where_it_is_from_and_what_it_is_for():
    said = tool("git", version="2.47", source="PATH")
    assert said == "2.47 (PATH): revisions that are commits"


def test_room_is_told_in_gigabytes():
    assert room("/c", kept=1_250_000_000, free=70_400_000_000) == "/c, 1.2 GB kept, 70 GB free"


def test_every_hindrance_and_every_event_of_a_run_has_words():
    assert set(NOT_COUNTED) == set(Hindrance)
    assert set(COUNTED) == {event.name for event in EVENTS}


def test_a_refusal_names_the_level_and_the_setting_that_changes_it():
    found, mend = not_counted("refused", 4)
    assert found == "not allowed: kernel.perf_event_paranoid is 4"
    assert "sysctl -w kernel.perf_event_paranoid=1" in mend
