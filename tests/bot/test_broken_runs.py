"""Runs without a result, and remarks: each is a note that the report has words for."""

from dataclasses import replace

import pytest

from loadstone.bot.broken_runs import news_of, refused, without_result
from loadstone.bot.news import CancelNews
from loadstone.bot.remarks import remarks
from loadstone.model.bot import FAILURES, REMARKS, WorkflowRunEvent
from loadstone.report.common.sentences import SENTENCES, sentence
from tests.bot.made import pull

ENDED = WorkflowRunEvent(
    run=1,
    attempt=1,
    name="loadstone",
    event="pull_request",
    conclusion="failure",
    head_sha="a" * 40,
    head_branch="reuse",
    head_repository="ada/proxy",
)


def ended(conclusion, **more):
    return news_of(replace(ENDED, conclusion=conclusion), **more)


def test_a_run_that_ended_well_may_have_a_result():
    assert ended("success") is None


def test_a_cancelled_run_is_cancelled_and_another_failed():
    assert ended("cancelled", minutes=3) == CancelNews(minutes=3)
    assert ended("timed_out").reason.code == "timed-out"
    assert ended("failure").reason.data == {"said": "the run ended with failure"}
    assert len(ended("failure", said="x" * 1000).reason.data["said"]) == 300


@pytest.mark.parametrize(
    "news", [ended("timed_out"), ended("failure"), without_result(), without_result(expired=True)]
)
def test_every_failure_has_words(news):
    assert set(news.reason.data) == set(FAILURES[news.reason.code])
    assert len(sentence(news.reason)) > 20


def test_a_refusal_says_which_rule_was_broken():
    assert "“a path leaves the archive”" in sentence(refused("a path leaves the archive").reason)


def test_a_changed_configuration_is_remarked_upon():
    found = remarks(pull(), [".github/loadstone.yaml", "main.go"], base_ahead=3)
    assert [each.code for each in found] == ["configuration-of-base", "base-ahead"]
    assert all(set(each.data) == set(REMARKS[each.code]) for each in found)
    assert "3 commits ahead" in sentence(found[1])
    assert remarks(pull(), None) == []


def test_all_codes_have_words():
    assert {*FAILURES, *REMARKS} <= SENTENCES.keys()
