"""Commit statuses: what is unknown is never green, and what is accepted does not fail."""

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.bot.commit_status import MOST, context, description, gate, status_of
from loadstone.model import Conclusion, Judgement, Note, Policy, Side, Verdict
from loadstone.model.bot import (
    SKIPS,
    CancelledState,
    CommentSection,
    FailedState,
    OutdatedState,
    QueuedState,
    RunningState,
    SkippedState,
    StatusState,
    SupersededState,
    VerdictState,
)
from loadstone.report.common.sentences import SENTENCES, sentence
from tests.report import samples

SHA = "a" * 40


def verdict(conclusion):
    return VerdictState(sha=SHA, conclusion=conclusion, alarm=conclusion is not Conclusion.PASS)


def status(state, **more):
    return status_of(CommentSection(component="proxy", state=state), say=sentence, **more)


def skip(code):
    data = dict.fromkeys(SKIPS[code], 3)
    return SkippedState(sha=SHA, reason=Note(code=code, data=data))


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        (verdict(Conclusion.PASS), StatusState.SUCCESS),
        (verdict(Conclusion.FAIL), StatusState.FAILURE),
        (verdict(Conclusion.UNSURE), StatusState.FAILURE),
        (verdict(Conclusion.INVALID), StatusState.ERROR),
        (QueuedState(sha=SHA, ahead=2), StatusState.PENDING),
        (RunningState(sha=SHA), StatusState.PENDING),
        (SupersededState(sha=SHA, run=1, said=verdict(Conclusion.PASS)), StatusState.PENDING),
        (FailedState(sha=SHA, reason=Note.of("timed-out")), StatusState.ERROR),
        (CancelledState(sha=SHA, by="grace"), StatusState.ERROR),
        (OutdatedState(sha=SHA, newer="b" * 40), StatusState.ERROR),
        (
            OutdatedState(sha=SHA, newer="b" * 40, said=verdict(Conclusion.FAIL)),
            StatusState.FAILURE,
        ),
        (skip("draft"), StatusState.PENDING),
        (skip("documentation-only"), StatusState.SUCCESS),
        (skip("paths-untouched"), StatusState.SUCCESS),
        (skip("same-program"), StatusState.SUCCESS),
        (skip("no-merge-base"), StatusState.ERROR),
        (skip("minutes-per-day"), StatusState.ERROR),
    ],
)
def test_only_a_pass_or_what_cannot_matter_is_green(state, shown):
    found = status(state, said="nothing changed", url="https://example.org/run")
    assert (found.sha, found.context, found.state) == (SHA, "loadstone/proxy", shown)
    assert found.description
    assert found.target_url == "https://example.org/run"


@pytest.mark.parametrize("code", ["event-off", "label-missing"])
def test_where_nobody_wanted_a_measuring_there_is_no_status(code):
    assert status(skip(code)) is None


@pytest.mark.parametrize("code", sorted(SKIPS))
def test_every_skip_has_a_state_and_words(code):
    found = status(skip(code))
    assert code in SENTENCES
    assert found is None or len(found.description) > 15


def test_each_component_has_a_status_of_its_own():
    assert context("controller") == "loadstone/controller"


@given(st.text(max_size=400))
def test_a_description_is_one_line_within_the_limit(words):
    said = description(words)
    assert len(said) <= MOST
    assert "\n" not in said


def test_a_long_description_is_cut_between_words():
    assert description("word, " * 40).endswith("word…")
    assert description("x" * 200) == "x" * (MOST - 1) + "…"


@cache
def sample():
    return samples.regression().judgement


def judgement(verdict_=Verdict.UNCHANGED, row=Verdict.UNCHANGED, **policy):
    one = replace(sample().comparisons[0], verdict=row)
    assert one.metric.gated
    return Judgement(verdict=verdict_, comparisons=[one], policy=Policy(**policy))


def test_nothing_judged_does_not_pass():
    assert gate(None, certain=False) is Conclusion.INVALID


def test_a_gate_that_wants_certainty_is_not_content_with_what_was_not_found():
    open_ = judgement(row=Verdict.INCONCLUSIVE)
    assert gate(open_, certain=False) is Conclusion.PASS
    assert gate(open_, certain=True) is Conclusion.UNSURE
    assert gate(judgement(), certain=True) is Conclusion.PASS


def test_the_policy_that_counts_is_ours_and_not_that_of_what_was_measured():
    lax = judgement(Verdict.UNCHANGED, Verdict.INCONCLUSIVE, certain=False)
    assert gate(lax, certain=True) is Conclusion.UNSURE
    strict = judgement(Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE, certain=True)
    assert gate(strict, certain=False) is Conclusion.PASS


def test_rounds_that_could_show_nothing_are_never_green():
    few = [Note.of("few-pairs", pairs=2, needed=3)]
    made = judgement(Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE)
    blind = replace(made, comparisons=[replace(made.comparisons[0], warnings=few)])
    for certain in (True, False):
        assert gate(blind, certain=certain) is Conclusion.UNSURE


def test_an_objective_that_is_not_decided_is_not_certain():
    held = [
        replace(one, verdict="inconclusive" if one.side is Side.HEAD else "met")
        for one in sample().objectives
    ]
    assert held
    open_ = replace(judgement(), objectives=held)
    assert gate(open_, certain=False) is Conclusion.PASS
    assert gate(open_, certain=True) is Conclusion.UNSURE


def test_a_regression_fails_either_way():
    for certain in (True, False):
        assert gate(judgement(Verdict.REGRESSION), certain=certain) is Conclusion.FAIL
