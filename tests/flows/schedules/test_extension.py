"""An extension: which cases go on, at which levels, and what two reports together may flag."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from loadstone.errors import UsageError
from loadstone.flows.judge import judged
from loadstone.flows.schedules.extension import (
    Extension,
    begun,
    due,
    either,
    ended,
    extended,
    extension,
    warnings,
)
from loadstone.model import MORE, Look, Need, Policy, Side, Verdict
from loadstone.stats.common import spending
from tests.report import samples

LOOKS = [
    Look(rounds=4, alpha=0.036, open=["a"], found=0, why="promising"),
    Look(rounds=5, alpha=0.05, open=[], found=0, why="last-look"),
]


@pytest.fixture(scope="module")
def record():
    return judged(samples.regression(), anew=True)


def needing(record, *needs):
    found = [Need(cases=list(cases), rounds=rounds, seconds=1.0) for rounds, cases in needs]
    return replace(record.judgement, needs=found)


def chosen(record, judgement, rounds=None, globs=()):
    found = extension(judgement, record.plan, record.runs, rounds=rounds, globs=globs)
    return found.rounds, list(found.cases)


def test_the_rounds_that_the_report_names_are_done_for_the_cases_that_it_names(record):
    one, two, three = (plan.case.name for plan in record.plan.cases)
    judgement = needing(record, (2, [one]), (4, [two]), (32, [three]))
    assert chosen(record, judgement) == (2, [one])
    assert chosen(record, judgement, 2) == (2, [one])
    assert chosen(record, judgement, 4) == (4, [two])
    assert chosen(record, judgement, 6) == (6, [one, two])


def of_verdicts(record, **verdicts):
    """A judgement in which the gated rows of the cases, in order, have these verdicts."""
    names = [plan.case.name for plan in record.plan.cases]
    found = dict(zip(names, verdicts.values(), strict=True))
    rows = [replace(row, verdict=found[row.case]) for row in record.judgement.comparisons]
    return names, replace(record.judgement, comparisons=rows)


@pytest.mark.parametrize("settling", [(), (6,)])
def test_the_cases_of_a_verdict_may_be_asked_for(record, settling):
    names, judgement = of_verdicts(
        record, one=Verdict.INCONCLUSIVE, two=Verdict.UNCHANGED, three=Verdict.INVALID
    )
    needs = [Need(cases=[names[0]], rounds=number, seconds=1.0) for number in settling]
    judgement = replace(judgement, needs=needs)
    first = record.plan.policy.looks[0]
    unsure = settling[0] if settling else first

    def asked(*only, globs=()):
        found = extension(judgement, record.plan, record.runs, rounds=None, globs=globs, only=only)
        return found.rounds, list(found.cases)

    assert asked(Verdict.INCONCLUSIVE) == (unsure, [names[0]])
    assert asked(Verdict.INVALID) == (first, [names[2]])
    both = (Verdict.INCONCLUSIVE, Verdict.INVALID)
    assert asked(*both) == (max(unsure, first), [names[0], names[2]])
    assert asked(*both, globs=[names[2]]) == (max(unsure, first), [names[2]])
    with pytest.raises(UsageError, match="no case is inconclusive or invalid"):
        asked(*both, globs=[names[1]])


def test_what_is_invalid_gets_a_first_look_where_nothing_else_is_to_be_settled(record):
    names, judgement = of_verdicts(
        record, one=Verdict.UNCHANGED, two=Verdict.UNCHANGED, three=Verdict.INVALID
    )
    judgement = replace(judgement, needs=[])
    assert chosen(record, judgement) == (record.plan.policy.looks[0], [names[2]])


def test_cases_may_be_chosen_by_hand(record):
    names = [plan.case.name for plan in record.plan.cases]
    assert chosen(record, needing(record), 3, ["*body=600*"]) == (
        3,
        [name for name in names if "body=600" in name],
    )
    with pytest.raises(UsageError, match="no case matches"):
        chosen(record, needing(record), 3, ["nothing*"])


def test_with_nothing_to_settle_there_is_nothing_to_go_on_with_unless_rounds_are_asked_for(record):
    rows = [replace(row, verdict=Verdict.UNCHANGED) for row in record.judgement.comparisons]
    settled = replace(needing(record), comparisons=rows)
    with pytest.raises(UsageError, match="no more rounds would settle"):
        chosen(record, settled)
    assert chosen(record, settled, 3) == (3, [plan.case.name for plan in record.plan.cases])


def test_new_rounds_come_after_the_last_one_of_any_case(record):
    found = extension(needing(record), record.plan, record.runs, rounds=1, globs=["*"])
    assert found.done == max(run.round for run in record.runs)


@pytest.mark.parametrize(
    ("planned", "taken", "done", "rounds", "looks"),
    [
        ((4, 5), (4, 5), 5, 2, (4, 5, 7)),  # beyond the last look: as if it had been planned
        ((4, 6, 8, 10, 12), (4, 6), 6, 3, (4, 6, 9, 12)),  # within: one more look, the same end
        ((4, 6, 8, 10, 12), (4, 6), 6, 8, (4, 6, 14)),
        ((4, 6), (4,), 5, 1, (4, 5, 6)),  # the budget ended it between two looks
        ((4, 6), (), 6, 1, (4, 6, 7)),  # a record that does not know its looks
    ],
)
def test_the_looks_are_those_that_were_taken_and_one_after_the_new_rounds(
    planned, taken, done, rounds, looks
):
    seen = [Look(rounds=number, alpha=0.01, open=[], found=0) for number in taken]
    asked = Extension(done=done, rounds=rounds, cases=["a"])
    found = extended(Policy(looks=planned, budget=60.0), seen, asked)
    assert tuple(found.looks) == looks
    assert found.budget is None


def test_exactly_the_rounds_that_were_asked_for_are_due(record):
    case = record.plan.cases[0].case.name
    asked = Extension(done=8, rounds=2, cases=[case])
    runs = list(record.runs)
    made = []
    while slots := due(record.plan, asked, runs):
        slot = slots[0]
        made.append((slot.case, slot.round, slot.side))
        like = next(run for run in record.runs if run.case == case and run.side is slot.side)
        runs.append(replace(like, round=slot.round, order=slot.order))
    assert sorted(made) == sorted((case, number, side) for number in (9, 10) for side in Side)
    assert [run.order for run in runs] == list(range(len(runs)))


def looked(alpha, *segments):
    """The looks of a session of `segments`: (done, last look planned), each after an extension."""
    found: list[Look] = []
    for done, last in segments:
        if found:
            found.append(replace(found[-1], why=MORE))
        found.append(Look(rounds=done, alpha=spending.spent(alpha, done, last), open=[], found=0))
    return found


def test_going_on_within_the_plan_costs_nothing():
    looks = looked(0.05, (6, 12), (9, 12), (12, 12))
    assert either(looks) == pytest.approx(0.05)
    assert warnings(looks, 0.05) == []


def test_going_on_beyond_the_plan_says_what_both_reports_together_may_flag():
    looks = looked(0.05, (5, 5), (7, 7))
    assert either(looks) == pytest.approx(0.05 + 0.05 * (1 - (5 / 7) ** spending.RHO))
    (warning,) = warnings(looks, 0.05)
    assert warning.code == "extended"
    assert warning.data["done"] == 5


def test_a_session_that_was_never_extended_says_nothing_of_it():
    assert either(LOOKS) == 0.0
    assert warnings(LOOKS, 0.05) == []


@given(
    st.lists(st.integers(1, 12), min_size=2, max_size=4),
    st.floats(0.001, 0.5),
)
def test_the_bound_grows_with_every_extension_and_each_costs_less_than_a_new_report(steps, alpha):
    done, segments = 3, []
    for step in steps:
        done += step
        segments.append((done, done))
    bounds = [either(looked(alpha, *segments[: n + 1])) for n in range(1, len(segments))]
    assert bounds == sorted(bounds)
    assert bounds[0] > alpha
    assert bounds[-1] < alpha * len(segments)


@pytest.mark.parametrize(("planned", "rounds"), [((4, 5), 2), ((4, 6, 8), 4), ((3,), 1)])
def test_the_bound_holds_for_those_who_look_and_go_on(planned, rounds):
    """200,000 sessions without a change, one row each: the levels are those of the judge."""
    alpha, done = 0.05, planned[-1]
    asked = Extension(done=done, rounds=rounds, cases=["a"])
    policy = extended(Policy(looks=planned), [], asked)
    draws = np.random.default_rng(1).standard_normal((200_000, asked.last)).cumsum(axis=1)

    def crossed(look, level):
        return np.abs(draws[:, look - 1]) / np.sqrt(look) > -ndtri(level / 2)

    before = spending.levels(planned, done, alpha)
    first = np.any([crossed(*each) for each in zip(planned, before, strict=True)], axis=0)
    second = crossed(asked.last, spending.levels(policy.looks, asked.last, alpha)[-1])
    bound = either(looked(alpha, (done, done), (asked.last, asked.last)))
    assert second.mean() <= alpha * 1.02
    assert (first | second).mean() <= bound * 1.02
    assert (first | second).mean() > alpha  # so it has to be said


def test_the_looks_say_who_asked(record):
    asked = Extension(done=8, rounds=2, cases=["a"])
    first, second = begun(record.judgement, asked), ended(record.judgement, asked)
    assert (first.rounds, first.why, list(first.open)) == (8, MORE, ["a"])
    assert (second.rounds, second.why) == (10, "last-look")
