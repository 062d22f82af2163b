"""Series from a store: what belongs together, what is left out and why, and what is found."""

from dataclasses import replace

import pytest

from loadstone.errors import UsageError
from loadstone.flows import series as series_module
from loadstone.flows import series_records
from loadstone.model import Case, CasePlan, MetricSource, ProfileDiff, Side, Verdict
from loadstone.model.series import Reading, standing
from loadstone.report.common.sentences import in_full
from loadstone.store.directory import DirectoryStore
from loadstone.store.protocol import Query
from tests.stats.sessions import CASES, METRICS, session

CHANGED = {("two", "cpu"): 0.5}


def record(number, *, change=None, gated=True, **fields):
    """One record of revision `r<number>`, of a digest of its own, an hour after the one before."""
    metrics = fields.pop("metrics", METRICS)
    label = fields.pop("label", f"r{number:02}")
    digest = fields.pop("digest", f"sha256:{number:064}")
    found = session(number, change=change, metrics=metrics, rounds=4, **fields)
    head = replace(found.plan.head, label=label, digest=digest)
    base = replace(found.plan.base, digest=f"sha256:base{number}")
    return replace(found, plan=replace(found.plan, head=head, base=base))


def history(count=20, *, at=10, change=None, **fields):
    """Records in which `change` came with number `at`."""
    return [record(n, change=change if n >= at else None, **fields) for n in range(count)]


def kept(records, root):
    store = DirectoryStore(root)
    return [store.save(each) for each in records]


def one(records):
    """The series of records, as if they had been saved one after another."""
    stored = [
        series_records.StoredRecord(key=f"key-{n}", record=each) for n, each in enumerate(records)
    ]
    return series_module.judged(series_records.assembled("demo/all/quick/here", stored), alpha=0.05)


def test_a_change_is_found_between_the_revisions_it_lies_between():
    series = one(history(change=CHANGED))
    (found,) = series.changes
    assert (found.case, found.metric.name, found.verdict) == ("two", "cpu", Verdict.REGRESSION)
    assert (found.good, found.bad, found.place) == ("r09", "r10", 10)
    assert found.since == series.points[10].started
    assert found.change.low < 0.6487 < found.change.high
    assert standing(series, recent=10) == [found]
    assert standing(series, recent=9) == []


def test_a_session_that_was_gone_on_with_is_one_point_of_its_series():
    first, second = record(1), record(2)
    begun = replace(second, runs=[run for run in second.runs if run.round < 3], finished="then")
    series = one([first, begun, second])
    assert len(series.points) == 2
    assert [in_full(reason) for reason in series.refused] == ["key-1: is the beginning of key-2"]


def test_records_without_a_change_show_none():
    assert one(history()).changes == []


def test_what_all_cases_share_is_one_row_over_all_cases():
    series = one(history(change={("", "cpu"): 0.5}))
    assert ("", "cpu") in {(each.case, each.metric.name) for each in series.changes}
    (overall,) = [each for each in series.changes if not each.case]
    assert (overall.before, overall.after) == (None, None)
    assert [each.code for each in overall.warnings] == ["all-alike"]


def test_a_machine_that_is_slow_some_days_hides_no_change_of_one_case():
    series = one(history(change={("two", "cpu"): 0.3}, machine=0.3))
    (found,) = series.changes
    assert (found.case, found.bad, found.reading) == ("two", "r10", Reading.SUITE)
    assert [each.code for each in found.warnings] == ["beside-suite"]


def test_base_that_is_one_frozen_revision_is_the_measure_where_that_is_sharper():
    frozen = [
        replace(
            each,
            plan=replace(each.plan, base=replace(each.plan.base, digest="sha256:frozen")),
        )
        for each in history(cases=("one",), change={("one", "cpu"): 0.4}, machine=0.4)
    ]
    (found,) = one(frozen).changes
    assert (found.bad, found.reading) == ("r10", Reading.ANCHORED)


def test_a_regression_that_was_mended_stands_no_longer():
    records = [record(n, change={("two", "cpu"): 0.6} if 10 <= n < 20 else None) for n in range(30)]
    series = one(records)
    assert [each.bad for each in series.changes] == ["r20", "r10"]
    assert standing(series, recent=30) == []


def test_what_was_seen_for_the_first_time_gates_with_the_next_record():
    """A series is looked at after every record: one look alone must not stop anybody."""
    looks = {}
    for count in range(12, 24):
        series = one(history(count, at=12, change={("two", "cpu"): 1.0}))
        looks[count] = (
            [each.confirmed for each in series.changes],
            [each.code for change in series.changes for each in change.warnings],
            len(standing(series, recent=12)),
        )
    first = min(count for count, (found, _, _) in looks.items() if found)
    assert looks[first][0] == [False]
    assert "unconfirmed" in looks[first][1]
    assert looks[first][2] == 0
    assert looks[first + 1][0] == [True]
    assert looks[first + 1][2] == 1


def test_the_newest_change_comes_first():
    records = [
        record(n, change={("two", "cpu"): 0.5 * (n >= 8) + 0.5 * (n >= 16)}) for n in range(24)
    ]
    assert [each.bad for each in one(records).changes] == ["r16", "r08"]


def test_a_change_within_one_revision_is_not_the_programs():
    records = history(change={("two", "cpu"): 0.5}, label="main", digest="sha256:same")
    series = one(records)
    (found,) = series.changes
    assert (found.same, found.verdict) == (True, Verdict.INCONCLUSIVE)
    assert standing(series, recent=20) == []


def test_a_fact_of_the_environment_that_changed_there_is_said():
    def kernel(each, number):
        facts = {"kernel": "6.1" if number < 10 else "6.2", "load_average": float(number)}
        return replace(each, environment=replace(each.environment, facts=facts))

    records = [kernel(each, n) for n, each in enumerate(history(change=CHANGED))]
    (found,) = one(records).changes
    (said,) = [each for each in found.warnings if each.code == "surroundings"]
    assert said.data == {"fact": "kernel", "before": "6.1", "after": "6.2"}


def test_programs_of_one_label_are_told_apart_by_their_digests():
    records = [record(n, label="main", digest=f"sha256:{n}abcdefghijk") for n in range(8)]
    names = [point.revision for point in one(records).points]
    assert names[3] == "main@3abcdef"
    assert len(set(names)) == 8


def test_a_revision_that_was_measured_twice_counts_twice():
    records = [record(n, label=f"r{n // 2}", digest=f"sha256:{n // 2}") for n in range(8)]
    assert [point.revision for point in one(records).points] == [f"r{n // 2}" for n in range(8)]


def test_a_record_that_was_saved_twice_counts_once_and_is_named():
    records = history(8)
    series = one([*records, records[3]])
    assert len(series.points) == 8
    (refused,) = series.refused
    assert refused.code == "twice"
    assert "key-8" in in_full(refused)
    assert "key-3" in in_full(refused)


def test_a_broken_file_is_named_and_the_rest_goes_on(tmp_path):
    entries = kept(history(change=CHANGED), tmp_path)
    (tmp_path / entries[4].key).write_text('{"plan": 7')
    (series,) = series_module.series(DirectoryStore(tmp_path))
    assert len(series.points) == 19
    assert [each.bad for each in series.changes] == ["r10"]
    (refused,) = series.refused
    assert refused.code == "unreadable"
    assert entries[4].key in in_full(refused)


def test_a_series_of_broken_files_alone_is_named_too(tmp_path):
    entries = kept(history(2), tmp_path)
    for entry in entries:
        (tmp_path / entry.key).write_text("{}")
    (series,) = series_module.series(DirectoryStore(tmp_path))
    assert (len(series.points), len(series.refused)) == (0, 2)
    assert series.environment == "here"


def test_a_record_in_the_wrong_folder_is_never_mixed_in(tmp_path):
    entries = kept(history(8), tmp_path)
    stranger = record(30)
    stranger = replace(stranger, environment=replace(stranger.environment, key="elsewhere"))
    (misplaced,) = kept([stranger], tmp_path / "other")
    folder = (tmp_path / entries[0].key).parent
    folder.joinpath("20261101T000000Z.json").write_bytes(
        (tmp_path / "other" / misplaced.key).read_bytes()
    )
    (series,) = series_module.series(DirectoryStore(tmp_path))
    assert len(series.points) == 8
    assert [each.code for each in series.refused] == ["elsewhere"]


def test_a_record_without_a_valid_run_is_left_out():
    empty = replace(record(30), runs=[])
    series = one([*history(8), empty])
    assert len(series.points) == 8
    assert [each.code for each in series.refused] == ["no-runs"]


def test_a_record_whose_provider_is_not_the_one_it_was_planned_for_is_left_out():
    odd = record(30)
    odd = replace(odd, environment=replace(odd.environment, provider="kind"))
    series = one([*history(8), odd])
    assert [each.code for each in series.refused] == ["provider"]


def test_machines_are_series_of_their_own_and_share_the_level(tmp_path):
    def on(each, key):
        return replace(each, environment=replace(each.environment, key=key))

    kept([on(each, "fast") for each in history(change=CHANGED)], tmp_path)
    kept([on(each, "slow") for each in history()], tmp_path)
    both = series_module.series(DirectoryStore(tmp_path))
    assert {each.environment: len(each.changes) for each in both} == {"fast": 1, "slow": 0}
    assert {each.alpha for each in both} == {0.025}
    (only,) = series_module.series(DirectoryStore(tmp_path), Query(environment="slow"))
    assert (only.environment, only.alpha) == ("slow", 0.05)


def test_a_case_that_some_records_lack_is_judged_by_the_others():
    records = history(change=CHANGED)
    for place in (3, 12, 15):
        runs = [run for run in records[place].runs if run.case != "two"]
        records[place] = replace(records[place], runs=runs)
    series = one(records)
    assert [each.bad for each in series.changes] == ["r10"]
    row = next(row for row in series.rows if (row.case, row.metric.name) == ("two", "cpu"))
    assert [place for place, value in enumerate(row.values) if value is None] == [3, 12, 15]


def test_a_change_at_a_missing_point_is_said_to_lie_around_it():
    records = history(change={("two", "cpu"): 0.8})
    runs = [run for run in records[10].runs if run.case != "two"]
    records[10] = replace(records[10], runs=runs)
    (found,) = one(records).changes
    assert (found.good, found.bad) == ("r09", "r11")


def test_metrics_come_and_go():
    fresh = replace(METRICS[0], name="fresh")
    gone = replace(METRICS[0], name="gone")
    records = [
        record(n, metrics=(*METRICS, gone if n < 10 else fresh), change=None) for n in range(20)
    ]
    series = one(records)
    rows = {row.metric.name: row.values for row in series.rows if row.case == "one"}
    assert "gone" not in rows
    assert rows["fresh"][:10] == [None] * 10
    assert all(rows["fresh"][10:])
    assert any(
        "gone" in in_full(each) and "10 earlier records" in in_full(each) for each in series.notes
    )


def test_a_case_with_another_workload_begins_anew():
    def workload(each, rate):
        cases = [replace(plan, workload={"rate": rate}) for plan in each.plan.cases]
        return replace(each, plan=replace(each.plan, cases=cases))

    early = [workload(record(n, change={("", ""): 1.0}), 500) for n in range(10)]
    late = [workload(record(n), 1000) for n in range(10, 20)]
    series = one([*early, *late])
    assert series.changes == []
    assert {each.code for each in series.notes} == {"other-workload"}
    assert "had another workload" in in_full(series.notes[0])


def test_a_metric_with_another_source_begins_anew_and_the_others_go_on():
    def source(each, quantity):
        cases = [
            replace(
                plan,
                sources={"p50": MetricSource(quantity=quantity), "cpu": MetricSource(quantity="x")},
            )
            for plan in each.plan.cases
        ]
        return replace(each, plan=replace(each.plan, cases=cases))

    records = [source(each, "a" if n < 10 else "b") for n, each in enumerate(history(20))]
    series = one(records)
    rows = {row.metric.name: row.values for row in series.rows if row.case == "one"}
    assert rows["p50"][:10] == [None] * 10
    assert None not in rows["cpu"]


def test_too_few_records_say_how_many_more_it_takes():
    series = one(history(4))
    assert series.changes == []
    assert series.lacking == 8  # 3 metrics of 4 cases and all cases: 2/C(12, 6) ≤ 0.75·0.05/15
    assert one(history(12)).lacking == 0


def test_only_the_newest_records_are_looked_at(tmp_path):
    kept(history(20, change=CHANGED), tmp_path)
    (series,) = series_module.series(DirectoryStore(tmp_path), last=8)
    assert [point.revision for point in series.points] == [f"r{n}" for n in range(12, 20)]


def test_scenarios_choose_the_series(tmp_path):
    kept(history(4), tmp_path)
    assert len(series_module.series(DirectoryStore(tmp_path), scenarios=["one", "two"])) == 1
    with pytest.raises(UsageError, match="matches") as caught:
        series_module.series(DirectoryStore(tmp_path), scenarios=["five"])
    assert "-c demo --tier quick --environment here" in caught.value.next_step


def test_an_empty_store_says_how_to_fill_it(tmp_path):
    with pytest.raises(UsageError, match="no baselines") as caught:
        series_module.series(DirectoryStore(tmp_path))
    assert "baseline save" in caught.value.next_step


def test_the_same_records_always_say_the_same(tmp_path):
    kept(history(change=CHANGED), tmp_path)
    assert series_module.series(DirectoryStore(tmp_path)) == series_module.series(
        DirectoryStore(tmp_path)
    )


def test_the_margins_of_the_newest_record_hold():
    records = history(change={("two", "cpu"): 0.5})
    plans = [
        CasePlan(
            case=Case(scenario=case),
            metrics=[replace(metric, margin=9.0) for metric in METRICS],
        )
        for case in CASES
    ]
    records[-1] = replace(records[-1], plan=replace(records[-1].plan, cases=plans))
    assert one(records).changes == []


def test_base_runs_are_no_points():
    """A base that changes beside an unchanged head changes nothing."""
    records = history(change=CHANGED)
    swap = {Side.BASE: Side.HEAD, Side.HEAD: Side.BASE}
    records = [
        replace(each, runs=[replace(run, side=swap[run.side]) for run in each.runs])
        for each in records
    ]
    assert one(records).changes == []


def test_the_functions_that_baselines_keep_are_told_where_a_metric_changed():
    def profiled(made, number):
        costs = {"main.work": 0.001 if number < 10 else 0.003, "main.rest": 0.002}
        diff = ProfileDiff(
            case="two", kind="cpu", unit="s", per="load.requests", metric="cpu", dearest=costs
        )
        return replace(made, profiles=[diff])

    made = [profiled(each, n) for n, each in enumerate(history(change=CHANGED))]
    (found,) = one(made).changes
    assert [in_full(note) for note in found.warnings if note.code == "functions"] == [
        "what functions cost a request went `main.work` from 1.00 ms to 3.00 ms"
    ]
    (bare,) = one(history(change=CHANGED)).changes
    assert [note.code for note in bare.warnings if note.code == "functions"] == []
