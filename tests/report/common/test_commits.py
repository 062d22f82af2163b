"""Readers see revisions by their names, and what lies between them."""

from dataclasses import replace

import pytest

from loadstone.model import Commit, Commits, Revision, Side
from loadstone.report import comparison, redline
from loadstone.report.common.commits import between
from loadstone.report.common.revisions import named
from loadstone.store import records
from tests.report import rendered, samples, searches

HASH = "a5de532" + "0" * 33


@pytest.mark.parametrize(
    ("asked", "ref", "shown"),
    [
        ("v2", "refs/tags/v2", "v2 (a5de532)"),
        ("build:v2", "refs/tags/v2", "v2 (a5de532)"),
        ("main~3", "", "main~3 (a5de532)"),
        ("main", "refs/remotes/origin/main", "origin/main (a5de532)"),
        ("feat/größe", "refs/heads/feat/größe", "feat/größe (a5de532)"),
        (HASH, "", "a5de53200000"),
        ("A5DE532", "", "a5de53200000"),
        ("build:a5de", "", "a5de53200000"),
        ("", "", "a5de53200000"),
        ("x" * 100, "", "x" * 59 + "… (a5de532)"),
    ],
)
def test_a_commit_is_called_by_the_name_that_was_asked_for(asked, ref, shown):
    revision = Revision(
        side=Side.HEAD, asked=asked, label=HASH[:12], source="build", commit=HASH, ref=ref
    )
    assert named(revision) == shown


def test_what_is_no_commit_keeps_its_label():
    assert named(Revision(side=Side.BASE, asked="package:3.7.15", label="3.7.15")) == "3.7.15"
    assert named(Revision(side=Side.BASE, asked="path:./x", label="x", source="path")) == "x"


@pytest.mark.parametrize(
    ("ahead", "behind", "line"),
    [
        (1, 0, "1 commit from v1 to v2"),
        (12, 0, "12 commits from v1 to v2"),
        (3, 5, "3 commits in v2 that v1 has not; v2 lacks 5 commits of v1"),
        (0, 1, "v2 has nothing that v1 has not, and lacks 1 commit of it"),
    ],
)
def test_the_commits_between_are_told_in_a_line(ahead, behind, line):
    found = between(Commits(ahead=ahead, behind=behind), "v1", "v2")
    assert found is not None
    assert found.line == line


def test_nothing_is_told_where_git_does_not_know_or_there_is_nothing():
    assert between(None, "v1", "v2") is None
    assert between(Commits(ahead=0, behind=0), "v1", "v2") is None
    for text in (rendered.markdown_of(samples.regression()), rendered.text("regression")):
        assert "commits from" not in text
        assert 'class="commits"' not in text


def test_every_report_names_both_revisions_and_the_commits_at_its_top():
    record = samples.get("commits")
    newest = "28b15eb"
    for text in (rendered.markdown_of(record), rendered.words(record), comparison.terminal(record)):
        top = text[: text.index("CPU per 1,000 requests", text.index(newest))]
        assert "origin/v2 (a1047ea)" in top
        assert "v1 (5a6df72)" in top
        assert "60 commits from" in top
        assert "copies nothing" in top
    assert "and 49 more before them" in rendered.words(record)
    assert "and 55 more" in comparison.terminal(record)


def test_a_report_of_redlines_names_them_too():
    found = searches.get("lower")
    plan = samples.get("commits").plan
    found = replace(
        found, plan=replace(found.plan, base=plan.base, head=plan.head, commits=plan.commits)
    )
    for text in (redline.markdown(found), redline.html(found), redline.terminal(found)):
        assert "origin/v2 (a1047ea) against" in text or "origin/v2 (a1047ea) <span" in text
        assert "60 commits from" in text


@pytest.mark.parametrize("number", range(len(samples.HOSTILE)))
def test_no_subject_can_do_anything(number):
    subject = samples.HOSTILE[number]
    record = samples.get("commits")
    listed = [Commit(hash=HASH, subject=subject)]
    record = replace(
        record, plan=replace(record.plan, commits=Commits(ahead=1, behind=0, listed=listed))
    )
    assert "<script" not in rendered.words(record)
    markdown = rendered.markdown_of(record)
    for live in ("@octocat", "![", "<img", "<script", "<!-- loadstone:report key=other"):
        assert live not in markdown
    assert len(max(comparison.terminal(record, width=80).splitlines(), key=len)) <= 80


def test_commits_survive_a_record(tmp_path):
    records.save(samples.get("commits"), tmp_path / "record.json")
    again = records.load(tmp_path / "record.json")
    assert again.plan.commits == samples.get("commits").plan.commits
    assert again.plan.head.notes == samples.get("commits").plan.head.notes
