"""Two toolchains over the same source: what only moved is shown as moved, and no code is blamed.

The profiles are real ones, of one commit built twice: `tests/profiles/toolchains.py` records them.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from loadstone.flows.judge import judged
from loadstone.model import ProfileDiff, Record, Run, Side
from loadstone.profiles.diff import RunCosts, table
from loadstone.profiles.function_costs import function_costs
from loadstone.profiles.reading import read
from loadstone.profiles.sampling import quantum
from loadstone.report.comparison import build
from tests.profiles.toolchains import DATA, ROUNDS, build_of
from tests.report import samples

OLD, NEW = (build_of(side).toolchain for side in Side)


@cache
def compared() -> Record:
    """A record of one case whose runs are those that were recorded, judged."""
    record = samples.get("regression")
    case = record.plan.cases[0]
    known = {(run.side, run.round): run for run in record.runs if run.case == case.case.name}
    runs: list[Run] = [
        replace(
            known[side, number], profiles={"cpu": f"{side.value}-{number}.pb.gz"}, quantities={}
        )
        for number in range(1, ROUNDS + 1)
        for side in Side
    ]
    base, head = (
        replace(each, go=build_of(each.side), source="package")
        for each in (record.plan.base, record.plan.head)
    )
    plan = replace(record.plan, cases=[case], commits=None, base=base, head=head)
    return judged(replace(record, plan=plan, runs=runs, judgement=None, profiles=()), files=DATA)


def diff() -> ProfileDiff:
    (found,) = compared().profiles
    return found


def paired() -> dict[str, str]:
    """Function → its name with the older toolchain, of those that can be compared and moved."""
    sides = [
        [
            RunCosts(
                round=number,
                costs=function_costs(profile, "cpu"),
                quantum=quantum(profile, "cpu"),
            )
            for number in range(1, ROUNDS + 1)
            for profile in [read((DATA / f"{side.value}-{number}.pb.gz").read_bytes())]
        ]
        for side in Side
    ]
    return {pair.name: pair.was for pair in table(*sides).functions if pair.was}


def test_both_sides_are_of_one_commit_and_of_two_toolchains():
    base, head = build_of(Side.BASE), build_of(Side.HEAD)
    assert base.commit == head.commit != ""
    assert OLD != NEW
    assert (diff().toolchain, diff().same_code) == (f"{OLD} → {NEW}", True)


def test_the_report_says_that_the_toolchain_changed_and_not_the_code():
    (table,) = build.view(compared()).profiles
    assert table.lead.startswith(f"the toolchain changed, {OLD} → {NEW}, and not the code")


def test_no_function_is_said_to_be_reached_by_a_change_of_the_code():
    assert {row.reach for row in diff().rows} == {""}


def test_functions_that_only_moved_are_one_row_that_says_from_where():
    moved = {row.function: row for row in diff().rows if row.was}
    digest = moved["crypto/internal/fips140/sha512.blockAVX2"]
    assert digest.was == "crypto/sha512.blockAVX2"
    assert not digest.changed
    assert len(paired()) >= 40  # of which a report keeps those among its rows
    for row in moved.values():
        assert min(row.base_total, row.head_total) > 0, row.function
    assert not {row.function for row in diff().rows} & {row.was for row in moved.values()}
