"""What earlier records measured as the newest one does, and what is said of the rest."""

from dataclasses import replace

from loadstone.model import Design, MetricSource
from loadstone.report.common.sentences import in_full
from loadstone.store.comparable_parts import alike
from tests.stats.sessions import METRICS, plans, session


def planned(number, cases):
    record = session(number)
    return replace(record, plan=replace(record.plan, cases=cases))


def measured(record, case):
    return {name for run in record.runs if run.case == case for name in run.values}


def test_records_that_measure_alike_stay_as_they_are():
    records = [session(number) for number in range(3)]
    kept, notes = alike(records)
    assert kept == records
    assert notes == []


def test_margins_and_gates_of_earlier_days_are_no_matter():
    other = [replace(metric, margin=0.5, gated=False) for metric in METRICS]
    records = [planned(0, plans(metrics=other)), session(1)]
    assert alike(records) == (records, [])


def test_a_new_case_leaves_the_others_alone():
    records = [planned(0, plans(("one", "two"))), session(1)]
    kept, notes = alike(records)
    assert measured(kept[0], "one") == {metric.name for metric in METRICS}
    assert measured(kept[0], "three") == set()
    assert notes == []


def test_a_case_that_was_measured_in_another_design_is_left_out():
    mixed = [replace(case, design=Design.MIXED) for case in plans()]
    kept, notes = alike([session(0), planned(1, mixed)])
    assert measured(kept[0], "one") == set()
    assert "one, which was measured in another design: not used of 1 earlier record" in [
        in_full(note) for note in notes
    ]


def test_a_case_that_is_gone_is_said_once():
    gone = [session(0), session(1), planned(2, plans(("one",)))]
    kept, notes = alike(gone)
    assert all(measured(record, "two") == set() for record in kept)
    texts = [in_full(note) for note in notes]
    assert "two, which is no longer measured: not used of 2 earlier records" in texts


def test_a_new_metric_leaves_the_sources_of_the_others_alone():
    source = {"p50": MetricSource(quantity="latency.p50")}
    early = [replace(plan, sources=source) for plan in plans(metrics=METRICS[:1])]
    late = [
        replace(plan, sources={**source, "cpu": MetricSource(quantity="process.cpu")})
        for plan in plans(metrics=METRICS)
    ]
    kept, notes = alike([planned(0, early), planned(1, late)])
    assert measured(kept[0], "one") == {"p50"}
    assert notes == []


def test_another_unit_is_another_metric():
    early = [replace(METRICS[0], unit="By"), *METRICS[1:]]
    kept, notes = alike([planned(0, plans(metrics=early)), session(1)])
    assert "p50" not in measured(kept[0], "one")
    assert "p50 of one, which was measured otherwise" in in_full(notes[0])


def test_no_records_are_alike():
    assert alike([]) == ([], [])
