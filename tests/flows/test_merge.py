"""Shards: measured apart, joined to one record, and judged as one run would be."""

import shutil
from dataclasses import replace
from math import log
from zlib import crc32

import pytest

from loadstone.errors import InvalidFile, UsageError
from loadstone.flows import judge, merge, output_directory
from loadstone.flows.schedules.sequential import SequentialSchedule
from loadstone.model import (
    Case,
    CasePlan,
    Conclusion,
    Direction,
    Environment,
    Metric,
    Plan,
    Policy,
    Record,
    Revision,
    Run,
    Shard,
    Side,
    Verdict,
    conclusion,
)
from loadstone.plan.shards import part
from loadstone.store.directory import DirectoryStore
from loadstone.store.rounds import RoundLog

pytestmark = pytest.mark.slow  # the pictures of a report for each merge

METRICS = [
    Metric(name=name, unit="s", direction=Direction.LOWER, margin=0.05) for name in ("p50", "cpu")
]
MACHINES = [
    Environment(provider="memory", harness="0.1.0", key="a", facts={"cores": 2, "cpu": "one"}),
    Environment(provider="memory", harness="0.1.0", key="b", facts={"cores": 2, "cpu": "other"}),
]


def plan(*, slow=(), cases=6):
    return Plan(
        component="c",
        provider="memory",
        tier="quick",
        base=Revision(side=Side.BASE, asked="1", label="1", digest="1" * 64),
        head=Revision(side=Side.HEAD, asked="2", label="2", digest="2" * 64),
        cases=[
            CasePlan(
                case=Case(scenario=f"c{n}", axes={"slow": n in slow}),
                metrics=METRICS,
                estimate=5.0 + n,
            )
            for n in range(cases)
        ],
        policy=Policy(looks=(4, 6, 8)),
        seed=7,
    )


def made(slot, estimate):
    """A run that is the same whichever machine has it: 2 % of noise, 20 % slower where it says."""
    number = crc32(f"{slot.case} {slot.side} {slot.round}".encode()) % 1000 / 1000
    factor = 1.2 if slot.side is Side.HEAD and "slow=True" in slot.case else 1.0
    values = {
        metric.name: factor * (1 + 0.02 * log(1.001 + number) * (1 + place / 7))
        for place, metric in enumerate(METRICS)
    }
    return Run(
        case=slot.case,
        side=slot.side,
        round=slot.round,
        order=slot.order,
        started="2026-01-01T00:00:00+00:00",
        seconds=estimate,
        values=values,
    )


def measured(whole, folder, shard=None, machine=MACHINES[0], *, broken=False):
    """What a machine writes: the plan, its runs, and unless it broke off its record."""
    mine = replace(whole, shard=shard)
    folder.mkdir(parents=True)
    record = Record(plan=mine, environment=machine, runs=(), started="2026-01-01T00:00:00+00:00")
    output_directory.begin(record, folder)
    log = RoundLog.create(folder / output_directory.ROUNDS, mine)
    schedule = SequentialSchedule(part(mine))
    estimates = {each.case.name: each.estimate for each in mine.cases}
    runs: list[Run] = []
    while due := schedule(runs) if part(mine).cases else ():
        for slot in due:
            runs.append(made(slot, estimates[slot.case]))
            log.append(runs[-1])
        if broken and len(runs) > 8:
            return runs
    ended = replace(record, runs=runs, finished="2026-01-01T01:00:00+00:00")
    if shard is None:
        output_directory.write(judge.judged(ended, looks=schedule.looks), folder)
    else:
        output_directory.keep(ended, folder)
    return runs


def shards(whole, tmp_path, of, machines=MACHINES[:1]):
    folders = []
    for number in range(1, of + 1):
        folder = tmp_path / "shards" / f"{number}"
        machine = machines[number % len(machines)]
        measured(whole, folder, Shard(number=number, of=of), machine)
        folders.append(folder)
    return folders


def merged(folders, tmp_path):
    return merge.run(folders, tmp_path / "out", baselines=DirectoryStore(tmp_path / "baselines"))


def rows(record):
    return {(row.case, row.metric.name): row.verdict for row in record.judgement.comparisons}


@pytest.mark.parametrize("slow", [(), (1, 4), (0, 1, 2, 3, 4, 5)])
@pytest.mark.parametrize("of", [1, 2, 4, 9])
def test_the_verdict_is_that_of_one_run(tmp_path, slow, of):
    whole = plan(slow=slow)
    measured(whole, tmp_path / "one")
    one = output_directory.load(tmp_path / "one")
    found = merged(shards(whole, tmp_path, of), tmp_path)
    assert found.judgement is not None
    assert one.judgement is not None
    assert found.judgement.verdict is one.judgement.verdict
    assert found.judgement.alpha == one.judgement.alpha
    flagged = {row for row, verdict in rows(one).items() if verdict is Verdict.REGRESSION}
    assert {row for row, verdict in rows(found).items() if verdict is Verdict.REGRESSION} == flagged
    assert bool(flagged) == bool(slow)


def test_the_judge_of_the_merged_record_sees_all_runs_and_one_alpha(tmp_path):
    folders = shards(plan(slow=(1,)), tmp_path, 3)
    found = merged(folders, tmp_path)
    same = judge.judged(
        replace(found, judgement=None, shards=()), looks=found.judgement.looks
    ).judgement
    assert same == found.judgement
    assert found.plan.shard is None
    assert [each.shard.number for each in found.shards] == [1, 2, 3]
    assert {run.case for run in found.runs} == {each.case.name for each in found.plan.cases}
    assert sorted(run.order for run in found.runs) == list(range(len(found.runs)))
    again = output_directory.load(tmp_path / "out")
    assert judge.judged(again, anew=True).judgement == found.judgement


def test_the_wall_time_falls_with_the_shards(tmp_path):
    whole = plan(cases=12)
    alone = sum(run.seconds for run in measured(whole, tmp_path / "one"))
    for of, most in ((2, 0.62), (4, 0.36)):
        folders = shards(whole, tmp_path / str(of), of)
        walls = [
            sum(run.seconds for run in output_directory.load(folder).runs) for folder in folders
        ]
        assert max(walls) <= most * alone


def test_all_rounds_of_a_case_are_of_one_machine(tmp_path):
    found = merged(shards(plan(), tmp_path, 3, MACHINES), tmp_path)
    of = {case: each.environment.key for each in found.shards for case in each.cases}
    assert set(of) == {each.case.name for each in found.plan.cases}
    assert set(of.values()) == {"a", "b"}
    assert found.environment.key.startswith("mixed-")
    assert found.environment.facts == {"cores": 2}
    (told,) = [w for w in found.judgement.warnings if w.code == "mixed-environments"]
    assert told.data == {"kinds": 2, "facts": "cpu"}
    assert "they differ in cpu" in (tmp_path / "out" / "report.md").read_text()


def test_equal_machines_are_no_mixture(tmp_path):
    found = merged(shards(plan(), tmp_path, 3), tmp_path)
    assert found.environment.key == "a"
    assert found.judgement.warnings == []


def test_a_missing_shard_is_said_and_never_green(tmp_path):
    first, _, third = shards(plan(), tmp_path, 3)
    found = merged([third, first], tmp_path)
    assert conclusion(found.judgement) is Conclusion.INVALID
    (told,) = [w for w in found.judgement.warnings if w.code == "shard-missing"]
    assert told.data == {"number": 2, "of": 3, "cases": 2}
    assert "shard 2 of 3 is missing" in (tmp_path / "out" / "report.md").read_text()
    again = judge.judged(output_directory.load(tmp_path / "out"), anew=True)
    assert conclusion(again.judgement) is Conclusion.INVALID


def test_a_shard_that_broke_off_is_said_and_never_green(tmp_path):
    first, _ = shards(plan(), tmp_path, 2)
    folder = tmp_path / "broken"
    measured(plan(), folder, Shard(number=2, of=2), broken=True)
    found = merged([first, folder], tmp_path)
    assert conclusion(found.judgement) is Conclusion.INVALID
    assert next(w.code for w in found.judgement.warnings) == "shard-unfinished"


def test_a_regression_is_one_though_a_shard_is_missing(tmp_path):
    first, second, _ = shards(plan(slow=range(6)), tmp_path, 3)
    assert conclusion(merged([first, second], tmp_path).judgement) is Conclusion.FAIL


def test_a_folder_of_downloaded_shards_is_as_good_as_their_names(tmp_path):
    shards(plan(), tmp_path, 3)
    found = merged([tmp_path / "shards"], tmp_path)
    assert len(found.shards) == 3
    assert conclusion(found.judgement) is Conclusion.PASS


def test_more_machines_than_cases_are_no_error(tmp_path):
    found = merged(shards(plan(cases=2), tmp_path, 5), tmp_path)
    assert conclusion(found.judgement) is Conclusion.PASS


def refused(folders, tmp_path):
    with pytest.raises((InvalidFile, UsageError)) as caught:
        merged(folders, tmp_path)
    assert not (tmp_path / "out" / output_directory.RECORD).exists()
    return caught.value.message


OTHERS = {
    "the program of the head": lambda one: replace(one, head=replace(one.head, digest="3" * 64)),
    "α, looks or goal": lambda one: replace(one, policy=Policy(looks=(4, 6))),
    "the cases or what they measure": lambda one: replace(one, cases=one.cases[:5]),
    "the seed": lambda one: replace(one, seed=8),
    "the component": lambda one: replace(one, component="d"),
}


@pytest.mark.parametrize("what", OTHERS)
def test_shards_of_other_plans_are_refused_in_words(tmp_path, what):
    first, _ = shards(plan(), tmp_path, 2)
    folder = tmp_path / "other"
    measured(OTHERS[what](plan()), folder, Shard(number=2, of=2))
    assert f"{folder}: {what} is not that of shard 1/2" in refused([first, folder], tmp_path)


def test_another_release_of_loadstone_is_refused(tmp_path):
    first, _ = shards(plan(), tmp_path, 2)
    folder = tmp_path / "other"
    newer = replace(MACHINES[0], harness="0.2.0")
    measured(plan(), folder, Shard(number=2, of=2), newer)
    said = refused([first, folder], tmp_path)
    assert "measured by Loadstone 0.2.0, shard 1/2 by 0.1.0" in said


def test_a_shard_that_is_there_twice_is_refused(tmp_path):
    first, second = shards(plan(), tmp_path, 2)
    copy = shutil.copytree(first, tmp_path / "copy")
    assert "shard 1/2 is there 2 times" in refused([first, second, copy], tmp_path)


def test_another_number_of_shards_is_refused(tmp_path):
    first, _ = shards(plan(), tmp_path, 2)
    folder = tmp_path / "other"
    measured(plan(), folder, Shard(number=2, of=3))
    assert "the number of shards is not that of shard 1/2" in refused([first, folder], tmp_path)


def test_a_whole_run_and_a_foreign_directory_are_refused(tmp_path):
    first, _ = shards(plan(), tmp_path, 2)
    measured(plan(), tmp_path / "one")
    assert "a whole run, and no shard of one" in refused([first, tmp_path / "one"], tmp_path)
    (tmp_path / "empty").mkdir()
    assert "is not what a shard wrote" in refused([first, tmp_path / "empty"], tmp_path)


def test_runs_of_anothers_cases_are_refused(tmp_path):
    first, second = shards(plan(), tmp_path, 2)
    stolen = output_directory.load(first).runs[0]
    record = output_directory.load(second)
    output_directory.keep(replace(record, runs=[*record.runs, stolen]), second)
    assert "has runs of 1 case" in refused([first, second], tmp_path)


def test_a_shard_alone_is_never_judged(tmp_path):
    first, _ = shards(plan(), tmp_path, 2)
    with pytest.raises(UsageError, match="shard 1/2 alone") as caught:
        judge.judged(output_directory.load(first), anew=True)
    assert "loadstone merge" in caught.value.next_step


def test_profiles_come_along_and_none_leads_out(tmp_path):
    first, second = shards(plan(cases=2), tmp_path, 2)
    record = output_directory.load(first)
    (first / "profiles").mkdir()
    (first / "profiles" / "cpu.pb.gz").write_bytes(b"profile")
    (tmp_path / "secret").write_bytes(b"secret")
    (first / "link").symlink_to(tmp_path / "secret")
    named = {"cpu": "profiles/cpu.pb.gz", "heap": "../../secret", "block": "link"}
    runs = [replace(record.runs[0], profiles=named), *record.runs[1:]]
    output_directory.keep(replace(record, runs=runs), first)
    merged([first, second], tmp_path)
    assert (tmp_path / "out" / "profiles" / "cpu.pb.gz").read_bytes() == b"profile"
    assert not (tmp_path / "out" / "link").exists()
