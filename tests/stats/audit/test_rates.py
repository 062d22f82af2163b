"""The audit: what it takes, what it counts, what it demotes, and when that comes back."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.model import Record, Side, Verdict
from loadstone.model.audit import Demotion, Rule
from loadstone.stats.audit.aa_comparisons import AAComparison, AuditedRow, trial, unlike
from loadstone.stats.audit.demotion import DemotionState, apply, demote
from loadstone.stats.audit.rates import audit, warning
from loadstone.stats.common.samples import measurements
from loadstone.stats.comparison.judge import judge
from tests.stats.sessions import CASES, METRICS, plans, revision, session

ROWS = [(case, metric.name) for case in CASES for metric in METRICS]


def judged(record: Record) -> Record:
    cases = record.plan.cases
    judgement = judge(measurements(record.runs, cases), cases, record.plan.policy)
    return replace(record, judgement=judgement)


def flat(count=12, **settings):
    return [(f"r{n}", judged(session(n, **settings))) for n in range(count)]


@pytest.fixture(scope="module")
def calm():
    return flat()


def fake(number, p, *, alarmed=False) -> AAComparison:
    """A trial with these p-values, by row."""
    rows = [AuditedRow(case=c, metric=m, p=p.get((c, m), 0.5), covered=True) for c, m in ROWS]
    return AAComparison(
        name=f"t{number}",
        started=f"2026-10-01T00:{number // 60:02d}:{number % 60:02d}Z",
        alarmed=alarmed,
        rounds=6,
        alpha=0.05,
        looks=(6,),
        rows=rows,
    )


def test_reports_without_a_change_alarm_rarely_and_cover(calm):
    found = audit(calm)
    assert found.reports.of == 12
    assert found.reports.hits <= 2
    assert found.covered.share > 0.9
    assert {each.metric for each in found.metrics} == {metric.name for metric in METRICS}
    assert {each.case for each in found.cases} == set(CASES)
    assert not found.refused


def test_a_change_on_one_side_is_seen_as_alarms():
    """What would be a broken harness: one side is always measured slower."""
    found = audit(flat(8, change={("", "p50"): 0.2}))
    assert found.reports.hits == 8
    assert [each.metric for each in found.demotions if each.metric] == ["p50"] * 4
    assert found.covered.share < 0.9


def test_the_order_of_the_records_does_not_matter(calm):
    assert audit(calm) == audit(list(reversed(calm)))


def test_two_programs_are_refused_with_a_reason(calm):
    other = judged(session(90, digests=("sha256:aa", "sha256:bb")))
    found = audit([*calm, ("pair", other)])
    assert [(each.name, each.reason.code) for each in found.refused] == [("pair", "not-aa")]
    assert found.reports.of == len(calm)


def test_without_digests_the_label_and_the_source_must_agree():
    plan = session(0).plan
    base = replace(revision(Side.BASE), digest="")
    same, other = replace(base, side=Side.HEAD), replace(base, side=Side.HEAD, label="1.1")
    assert unlike(replace(plan, base=base, head=same)) is None
    assert unlike(replace(plan, base=base, head=other)) is not None


def test_another_series_a_copy_and_an_invalid_report_are_refused(calm):
    newest = calm[-1][1]
    elsewhere = replace(newest, environment=replace(newest.environment, key="elsewhere"))
    void = replace(newest.judgement, verdict=Verdict.INVALID)
    strangers = [
        ("elsewhere", replace(elsewhere, started="2026-01-01T00:00:00Z")),
        ("zz-copy", newest),
        ("void", replace(newest, judgement=void)),
        ("bare", replace(newest, judgement=None)),
    ]
    found = audit([*calm, *strangers])
    codes = {each.name: each.reason.code for each in found.refused}
    copy = {"zz-copy", "r11"} & codes.keys()
    assert len(copy) == 1
    assert codes[copy.pop()] == "twice"
    assert (codes["elsewhere"], codes["void"], codes["bare"]) == ("series", "invalid", "invalid")


def test_only_the_newest_count(calm):
    found = audit(calm, rule=Rule(newest=5))
    assert found.reports.of == 5
    assert found.first == calm[7][1].started


def test_nothing_to_audit_is_no_error():
    found = audit([])
    assert (found.reports.of, found.reports.low, found.reports.high) == (0, 0.0, 1.0)


def test_the_footer_learns_the_rate_and_its_interval(calm):
    found = audit(calm)
    data = warning(found).data
    assert data["reports"] == 12
    assert (data["low"], data["high"]) == (found.reports.low, found.reports.high)


def test_a_row_alone_is_held_to_the_level_of_the_report():
    one = fake(0, {("one", "p50"): 0.04})
    assert one.alone([row for row in one.rows if (row.case, row.metric) == ("one", "p50")])
    assert not one.alone(one.rows)
    assert one.alone([]) is None


def test_an_estimate_too_small_to_be_flagged_is_no_alarm(calm):
    record = calm[0][1]
    row = record.judgement.comparisons[0]
    tiny = replace(row, p=1e-9, explain={**row.explain, "location": 1e-4, "least": 0.01})
    changed = replace(record.judgement, comparisons=[tiny])
    assert trial("x", replace(record, judgement=changed)).rows[0].p == 1.0


def noisy(bad, count=20, every=2):
    return [fake(n, dict.fromkeys(bad, 1e-5) if n % every == 0 else {}) for n in range(count)]


def test_the_narrowest_name_is_blamed():
    row = demote(noisy([("one", "p50")]), Rule()).demotions
    assert [(each.case, each.metric) for each in row] == [("one", "p50")]


def test_a_metric_whose_rows_alarm_in_turn_is_demoted_as_a_metric():
    trials = [fake(n, {(CASES[n % 4], "p99"): 1e-4}) for n in range(12)]
    assert [(d.case, d.metric) for d in demote(trials, Rule()).demotions] == [("", "p99")]


def test_a_case_whose_rows_alarm_in_turn_is_demoted_as_a_case():
    trials = [fake(n, {("two", METRICS[n % 3].name): 1e-4}) for n in range(12)]
    assert [(d.case, d.metric) for d in demote(trials, Rule()).demotions] == [("two", "")]


def test_two_alarms_in_twenty_demote_nothing():
    assert demote(noisy([("one", "p50")], every=10), Rule()).demotions == []


def test_it_stays_demoted_until_it_behaves_and_then_comes_back():
    bad = noisy([("one", "p50")])
    first = demote(bad, Rule())
    quiet = [fake(100 + n, {}) for n in range(40)]
    still = demote([*bad, *quiet[:20]], Rule(), first)
    assert still == first
    back = demote([*bad, *quiet], Rule(), still)
    assert back.demotions == []
    # its old alarms are in the window still, and are not held against it again
    assert demote([*bad, *quiet], Rule(), back) == back
    assert demote(quiet, Rule(), back) == DemotionState(demotions=[], returned=[])


def test_what_came_back_is_demoted_again_for_new_alarms():
    bad = noisy([("one", "p50")])
    quiet = [fake(100 + n, {}) for n in range(40)]
    back = demote([*bad, *quiet], Rule(), demote(bad, Rule()))
    worse = [fake(200 + n, {("one", "p50"): 1e-5}) for n in range(20)]
    assert len(demote([*bad, *quiet, *worse], Rule(), back).demotions) == 1


def test_it_comes_back_only_by_comparisons_since_then():
    before = demote(noisy([("one", "p50")]), Rule())
    old = [fake(n, {}) for n in range(20)]
    assert demote(old, Rule(), before) == before


def test_calibrated_trials_rarely_demote_anything():
    """300 audits of 40 reports with uniform p-values: at most 5 % demote, less three errors."""
    rng = np.random.default_rng(11)
    found = 0
    for _ in range(300):
        trials = [
            fake(n, dict(zip(ROWS, rng.uniform(size=len(ROWS)), strict=True))) for n in range(40)
        ]
        found += bool(demote(trials, Rule()).demotions)
    assert found <= 0.05 * 300 + 3 * (0.05 * 0.95 * 300) ** 0.5


@given(st.sampled_from(["", *CASES]), st.sampled_from(["", *(m.name for m in METRICS)]))
def test_what_is_demoted_is_not_gated_and_the_rest_is_as_it_was(case, metric):
    demotion = Demotion(case=case, metric=metric, reason="it alarmed", until="", since="")
    before = plans()
    after = apply([demotion], before)
    for old, new in zip(before, after, strict=True):
        for was, now in zip(old.metrics, new.metrics, strict=True):
            expected = not demotion.holds(old.case.name, was.name)
            assert now == replace(was, gated=expected)
        assert len(new.notes) == sum(not one.gated for one in new.metrics)
    assert apply([], before) == before
    assert apply([demotion], after) == after
