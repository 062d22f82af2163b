"""Minutes: what is foretold, spent and granted never exceeds a cap."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from loadstone.bot.minutes import (
    ForetoldCost,
    LedgerEntry,
    SpentMinutes,
    foretold,
    granted,
    noted,
    spent,
)
from loadstone.formats.configuration import Caps
from loadstone.model import Note, Policy
from tests.bot.made import NOW
from tests.report import samples

ENTRY = LedgerEntry(
    run=1, attempt=1, component="proxy", pull_request=17, when="2026-11-20T08:00:00Z", minutes=12
)
MINUTES = st.floats(0.1, 500)


def test_a_cost_is_that_of_the_first_look_and_at_most_the_budget():
    plan = samples.regression().plan
    a_round = 2 * sum(case.estimate for case in plan.cases) / 60
    looks = Policy(looks=(4, 8), budget=None)
    cost = foretold(replace(plan, policy=looks))
    assert (cost.least, cost.most) == (4 * a_round, 8 * a_round)
    short = foretold(replace(plan, policy=replace(looks, budget=6 * a_round * 60)))
    assert round(short.most, 9) == round(6 * a_round, 9)
    tiny = foretold(replace(plan, policy=replace(looks, budget=1.0)))
    assert tiny.most == tiny.least


def test_a_day_is_one_in_utc_and_a_pull_request_is_of_its_number():
    ledger = [
        ENTRY,
        replace(ENTRY, run=2, pull_request=18, minutes=5),
        replace(ENTRY, run=3, when="2026-11-19T23:59:59Z", minutes=7),
        replace(ENTRY, run=4, when="2026-11-20T01:00:00+02:00", pull_request=0, minutes=100),
    ]
    assert spent(ledger, now=NOW, number=17) == SpentMinutes(pull_request=19, day=17)
    assert spent(ledger, now=NOW) == SpentMinutes(pull_request=0, day=17)


def test_an_attempt_is_noted_once_and_old_ones_go():
    ledger = noted([ENTRY], replace(ENTRY, minutes=13), now=NOW)
    assert [each.minutes for each in ledger] == [13]
    ledger = noted(ledger, replace(ENTRY, attempt=2), now=NOW)
    assert len(ledger) == 2
    assert noted(ledger, replace(ENTRY, run=9, when=NOW), now="2027-03-01T00:00:00Z") == []
    assert noted([replace(ENTRY, when="nonsense")], ENTRY, now=NOW) == [ENTRY]


@given(
    least=MINUTES,
    more=MINUTES,
    of_pull=MINUTES,
    day=MINUTES,
    run=MINUTES,
    pull=MINUTES,
    all_day=MINUTES,
)
def test_what_is_granted_keeps_every_cap_and_reaches_the_first_look(
    least, more, of_pull, day, run, pull, all_day
):
    caps = Caps(run=run, pull_request=pull, day=all_day)
    cost = ForetoldCost(least=least, most=least + more)
    already = SpentMinutes(pull_request=of_pull, day=day)
    given_ = granted(cost, already, caps, now=NOW, number=17)
    fits = least <= min(run, pull - of_pull, all_day - day)
    assert isinstance(given_, Note) is not fits
    if not isinstance(given_, Note):
        assert least <= given_ <= cost.most
        assert given_ <= run
        assert of_pull + given_ <= pull + 1e-9
        assert day + given_ <= all_day + 1e-9
