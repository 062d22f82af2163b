"""Bisections: what they promise, on simulated pairs, and that they replay."""

from dataclasses import replace

import pytest
from benchmarks.bisection import LOOKS, Range, run
from hypothesis import given
from hypothesis import strategies as st

from loadstone.model.bisect import BisectAnswer, CommitVerdict
from loadstone.stats.bisect.commit_search import SearchTerms, TriedCommit, state
from tests.stats.helpers import most

ANY = st.integers(1, 400)


def exact(terms, first, broken=()):
    """A search without noise to speak of: commits from `first` on are 20 % slower."""
    tried: list[TriedCommit] = []
    while (now := state(terms, tried)).next is not None:
        place = now.next
        if place in broken:
            tried.append(TriedCommit(place=place, skipped=True))
            continue
        level = 0.2 if place >= first else 0.0
        sample = [level + 1e-4 * (-1) ** k for k in range(terms.looks[0])]
        tried.append(TriedCommit(place=place, sample=sample))
    return now, tried


@given(ANY, st.data())
def test_without_noise_the_first_slow_commit_is_named_within_the_foretold_cost(commits, data):
    first = data.draw(st.integers(1, commits))
    terms = SearchTerms(commits=commits, looks=LOOKS)
    now, tried = exact(terms, first)
    assert now.answer is BisectAnswer.COMMIT
    assert (now.low, now.high) == (first - 1, first)
    assert terms.fewest <= len(tried) <= terms.allowed


@given(ANY, st.data())
def test_commits_that_do_not_build_leave_a_range_that_has_it(commits, data):
    first = data.draw(st.integers(1, commits))
    broken = data.draw(st.sets(st.integers(1, commits))) - {commits}
    now, tried = exact(SearchTerms(commits=commits, looks=LOOKS), first, broken)
    assert now.low < first <= now.high
    assert now.answer in (BisectAnswer.COMMIT, BisectAnswer.RANGE)
    assert set(range(now.low + 1, now.high)) <= broken
    assert len({each.place for each in tried}) == len(tried)


@given(st.integers(2, 100), st.data())
def test_a_search_is_replayed_from_what_was_tried(commits, data):
    terms = SearchTerms(commits=commits, looks=LOOKS)
    whole, tried = exact(terms, data.draw(st.integers(1, commits)))
    number = data.draw(st.integers(0, len(tried) - 1))
    assert state(terms, tried[:number]).next == tried[number].place
    begun = replace(tried[number], sample=tried[number].sample[:2])
    assert state(terms, [*tried[:number], begun]).next == tried[number].place
    assert state(terms, tried) == whole


def test_another_commit_than_the_one_that_is_due_is_refused():
    with pytest.raises(ValueError, match="not asked for"):
        state(SearchTerms(commits=8, looks=LOOKS), [TriedCommit(place=4, sample=[0.1] * 4)])


@pytest.mark.parametrize(
    ("sample", "answer"),
    [
        ([0.001, -0.001] * 2, BisectAnswer.NOT_SLOWER),
        ([-0.2, -0.201] * 2, BisectAnswer.NOT_SLOWER),
        ([0.3, -0.3] * 15, BisectAnswer.UNDECIDED),
    ],
)
def test_without_a_slower_end_nothing_is_named(sample, answer):
    terms = SearchTerms(commits=8, looks=LOOKS, margin=0.05)
    now = state(terms, [TriedCommit(place=8, sample=sample)])
    assert now.answer is answer
    assert now.next is None


def test_an_end_that_cannot_be_measured_is_no_answer():
    terms = SearchTerms(commits=8, looks=LOOKS)
    assert state(terms, [TriedCommit(place=8, skipped=True)]).answer is BisectAnswer.NOTHING


def test_a_commit_that_stays_undecided_is_passed_over():
    terms = SearchTerms(commits=3, looks=(4, 6))
    end = TriedCommit(place=3, sample=[0.2, 0.21, 0.2, 0.21])
    unclear = TriedCommit(place=1, sample=[0.1, 0.11, 0.1, 0.11, 0.1, 0.11])
    now = state(terms, [end, unclear])
    assert now.said[-1].verdict is CommitVerdict.UNDECIDED
    assert now.next == 2


NOTHING = [
    Range(name="normal", commits=16),
    Range(name="heavy tails", commits=16, tails=3),
    Range(name="one commit", commits=1),
    Range(name="uneven", commits=16, uneven=0.5),
]
CHANGED = [
    Range(name="of 3", commits=64, change=3),
    Range(name="of 5, heavy tails", commits=64, change=5, tails=3),
    Range(name="of 5, uneven", commits=64, change=5, uneven=0.5),
    Range(name="of 5, slow ones noisier", commits=64, change=5, slow_noise=2),
    Range(name="of 4 on a slope of 2", commits=64, change=4, slope=2),
]


@pytest.mark.study
@pytest.mark.parametrize("given_", NOTHING, ids=lambda each: each.name)
def test_where_nothing_changed_a_commit_is_named_with_chance_alpha_at_most(given_, studies):
    number = 2000 if studies else 60
    assert sum(each.wrong for each in run(given_, number, seed=700)) <= most(number, 0.05)


@pytest.mark.study
@pytest.mark.parametrize("given_", CHANGED, ids=lambda each: each.name)
def test_a_wrong_commit_is_named_with_chance_alpha_at_most_and_the_right_one_mostly(
    given_, studies
):
    number = 500 if studies else 12
    found = run(given_, number, seed=701)
    assert sum(each.wrong for each in found) <= most(number, 0.05)
    assert sum(each.right for each in found) >= 0.8 * number
