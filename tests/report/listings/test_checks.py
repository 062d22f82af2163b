"""Checks as people read them: how to mend what is missing, and nothing where all is well."""

from dataclasses import dataclass

from loadstone.report.listings.checks import terminal


@dataclass(frozen=True, kw_only=True)
class Found:
    name: str
    good: bool
    mark: str
    found: str = "none"
    mend: str = "install it"


def test_only_what_is_missing_says_how_to_mend_it():
    fine = Found(name="git", good=True, mark="ok", found="2.47")
    missing = Found(name="nginx", good=False, mark="MISSING")
    _header, first, second = terminal([fine, missing]).splitlines()
    assert first.split() == ["ok", "git", "2.47"]
    assert second.split() == ["MISSING", "nginx", "none", "install", "it"]
