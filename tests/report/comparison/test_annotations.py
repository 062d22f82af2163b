"""Messages beside the lines of functions that changed, where the change touched them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from loadstone.model import Commits, ProfileDiff, Record
from loadstone.report.comparison.annotations import line_notices
from tests.report import samples

RECORD = samples.get("regression")
PATH = "pkg/middlewares/compress/compress.go"


def touched(**row: object) -> Record:
    """The record whose first function was changed by its revisions."""
    (found,) = RECORD.profiles
    rows = [replace(found.rows[0], reach="touched", **row), *found.rows[1:]]  # type: ignore[arg-type]
    return with_profiles(replace(found, rows=rows))


def with_profiles(*profiles: ProfileDiff) -> Record:
    commits = Commits(ahead=1, behind=0, changed={PATH: [[210, 220]], "README.md": [[1, 1]]})
    return replace(RECORD, plan=replace(RECORD.plan, commits=commits), profiles=profiles)


def test_a_function_that_changed_is_told_beside_its_line():
    (found,) = line_notices(touched())
    assert (found.level, found.path, found.line) == ("notice", PATH, 214)
    assert found.title.endswith("compress.(*writer).Write")
    assert found.message.startswith("cpu profile of ingress-latency/")
    assert "+18.3 µs per request" in found.message


def test_several_profiles_of_one_function_are_one_message():
    (diff,) = touched().profiles
    other = replace(diff, kind="allocs", unit="By", metric="")
    again = replace(diff, case="ingress-latency/other")
    (found,) = line_notices(with_profiles(diff, other, again))
    assert [line.partition(" ")[0] for line in found.message.split("\n")] == ["cpu", "allocs"]


@pytest.mark.parametrize(
    "row",
    [
        {"reach": "file"},
        {"line": 0},
        {"changed": False, "total_changed": False},
        {"file": "github.com/traefik/traefik/v3/pkg/other.go"},
        {"module": "goccy/go-json 0.10.2 → gone"},
    ],
)
def test_what_did_not_change_or_was_not_touched_has_none(row):
    (diff,) = touched().profiles
    made = replace(diff, rows=[replace(diff.rows[0], **row)])
    assert line_notices(with_profiles(made)) == []


def test_without_commits_there_are_none():
    made = touched()
    assert line_notices(replace(made, plan=replace(made.plan, commits=None))) == []
