"""The flow of `loadstone bisect`: real commits and builds, made-up measuring."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from loadstone.cli.bisect import command
from loadstone.errors import Interrupted, UsageError
from loadstone.flows import bisect, bisect_files
from loadstone.flows.prepare_bisect import BisectRequest
from loadstone.flows.request import Request
from loadstone.formats.configuration import Config
from loadstone.model import Note, Run, Side
from loadstone.model.bisect import BisectAnswer, CommitVerdict
from tests.component.repositories import git
from tests.e2e.command import PLANTED
from tests.planted.commits import component_file, planted_repository

# An API server and a build for each commit.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

METRIC = "cpu_per_1k_requests"


@pytest.fixture
def place(tmp_path):
    """Twelve commits after the first: the eighth is slow, the fifth does not build."""
    flags = dict.fromkeys(range(8, 13), "--busy")
    return planted_repository(tmp_path / "repository", commits=12, flags=flags, broken={5})


def wanted(place, tmp_path, **how):
    component = component_file(tmp_path / "component.yaml", place)
    request = Request(
        scenarios=[str(PLANTED / "scenario.yaml")],
        component=str(component),
        base="build:main~12",
        head="build:main",
        out=tmp_path / "out",
        config=Config(cache=str(tmp_path / "cache"), baselines=str(tmp_path / "baselines")),
    )
    return BisectRequest(request=replace(request, **how), metric=METRIC)


def is_slow(revision):
    return "--busy" in Path(revision.executable).read_text()


def measuring(*, after=None, never=()):
    """Made-up runs: 20 % slower by a slow program, ±0.5 % of noise; `never` counts no run."""

    def measure(inputs, next_slots, *, on_run, done, events):
        runs = list(done)
        while slots := next_slots(runs):
            for slot in slots:
                revision = inputs.plan.base if slot.side is Side.BASE else inputs.plan.head
                value = 1.2 if is_slow(revision) else 1.0
                value *= 1 + 0.005 * (-1) ** (slot.round + (slot.side is Side.HEAD))
                lost = revision.commit in never
                run = Run(
                    case=slot.case,
                    side=slot.side,
                    round=slot.round,
                    order=slot.order,
                    started="2026-01-01T00:00:00+00:00",
                    seconds=6.0,
                    values={METRIC: value},
                    invalid=[Note.of("failed", message="broken")] if lost else [],
                )
                runs.append(run)
                on_run(run)
                if after is not None:
                    after.pop()
                    if not after:
                        raise KeyboardInterrupt
        return runs

    return measure


def verdicts(record):
    return {each.commit.subject: each.verdict for each in record.steps}


def test_the_first_slow_commit_is_named_and_a_broken_one_passed_over(place, tmp_path):
    record = bisect.run(wanted(place, tmp_path), measuring=measuring())
    assert record.answer is BisectAnswer.COMMIT
    (named,) = record.suspects
    assert named.hash == git(place, "rev-parse", "main~4")
    assert named.subject == "commit 8"
    assert record.cut == pytest.approx(0.1, abs=0.01)
    said = verdicts(record)
    assert said["commit 12"] is said["commit 8"] is CommitVerdict.SLOWER
    assert said["commit 7"] is CommitVerdict.NOT_SLOWER
    assert len(record.steps) <= record.cost.most + 1
    kept = bisect_files.load(tmp_path / "out" / "bisect.json")
    assert msgspec.json.encode(kept) == msgspec.json.encode(record)
    assert record.environment.key


def test_where_only_broken_commits_are_left_the_answer_is_a_range(tmp_path):
    flags = dict.fromkeys(range(3, 6), "--busy")
    place = planted_repository(tmp_path / "r", commits=5, flags=flags, broken={2, 3})
    asked = wanted(place, tmp_path, base="build:main~5")
    record = bisect.run(asked, measuring=measuring())
    assert record.answer is BisectAnswer.RANGE
    assert [each.subject for each in record.suspects] == ["commit 2", "commit 3", "commit 4"]
    broken = [each for each in record.steps if each.verdict is CommitVerdict.SKIPPED]
    assert {each.commit.subject for each in broken} == {"commit 2", "commit 3"}
    assert all(each.why and each.why.code == "build-failed" for each in broken)


def test_a_commit_whose_runs_do_not_count_is_passed_over(place, tmp_path):
    lost = {git(place, "rev-parse", f"main~{back}") for back in (5, 6)}
    record = bisect.run(wanted(place, tmp_path), measuring=measuring(never=lost))
    assert record.answer in (BisectAnswer.COMMIT, BisectAnswer.RANGE)
    assert "commit 8" in [each.subject for each in record.suspects]
    skipped = [each for each in record.steps if each.why and each.why.code == "no-pairs"]
    assert skipped


def test_an_interrupted_search_goes_on_where_it_stopped(place, tmp_path):
    whole = bisect.run(wanted(place, tmp_path, out=tmp_path / "whole"), measuring=measuring())
    asked = wanted(place, tmp_path)
    with pytest.raises(Interrupted) as caught:
        bisect.run(asked, measuring=measuring(after=[None] * 19))
    assert "--resume" in caught.value.next_step
    with pytest.raises(UsageError, match="holds a search already"):
        bisect.run(asked, measuring=measuring())
    resumed = replace(asked, request=replace(asked.request, resume=True))
    record = bisect.run(resumed, measuring=measuring())
    assert record.suspects == whole.suspects
    assert [(each.commit, each.pairs) for each in record.steps] == [
        (each.commit, each.pairs) for each in whole.steps
    ]
    nothing = measuring(after=[None])  # would be interrupted by its first run
    assert bisect.run(resumed, measuring=nothing).suspects == whole.suspects


def test_another_search_is_not_resumed(place, tmp_path):
    bisect.run(wanted(place, tmp_path), measuring=measuring())
    other = wanted(place, tmp_path, resume=True, base="build:main~11")
    with pytest.raises(UsageError, match="is another one: base, commits differ"):
        bisect.run(other, measuring=measuring())


def test_there_is_nothing_to_resume_where_nothing_was_begun(place, tmp_path):
    with pytest.raises(UsageError, match="no search in"):
        bisect.run(wanted(place, tmp_path, resume=True), measuring=measuring())


def test_the_budget_ends_it_with_a_range(place, tmp_path):
    record = bisect.run(wanted(place, tmp_path, budget=120.0), measuring=measuring())
    assert record.answer is BisectAnswer.RANGE
    assert record.budget_spent
    assert "commit 8" in [each.subject for each in record.suspects]


def test_nothing_is_named_where_nothing_changed(tmp_path):
    place = planted_repository(tmp_path / "r", commits=6, flags={}, broken=set())
    record = bisect.run(wanted(place, tmp_path, base="build:main~6"), measuring=measuring())
    assert record.answer is BisectAnswer.NOT_SLOWER
    assert record.suspects == ()


def test_ends_in_the_wrong_order_are_refused(place, tmp_path):
    with pytest.raises(UsageError, match="is no ancestor of") as caught:
        bisect.foretold(wanted(place, tmp_path, base="build:main", head="build:main~3"))
    assert "git merge-base" in caught.value.next_step


def test_a_metric_that_is_not_there_is_refused_with_those_that_are(place, tmp_path):
    asked = replace(wanted(place, tmp_path), metric="latency")
    with pytest.raises(UsageError, match="has no metric 'latency'") as caught:
        bisect.foretold(asked)
    assert METRIC in caught.value.next_step


def test_a_merged_branch_is_one_commit(tmp_path):
    place = planted_repository(tmp_path / "r", commits=2, flags={}, broken=set())
    git(place, "checkout", "--quiet", "-b", "side", "main~1")
    for number in range(3):
        git(place, "commit", "--quiet", "--allow-empty", "-m", f"side {number}")
    git(place, "checkout", "--quiet", "main")
    git(place, "merge", "--quiet", "--no-ff", "-m", "merged", "side")
    found = bisect.foretold(wanted(place, tmp_path, base="build:main~2"))
    assert [each.subject for each in found.commits] == ["commit 1", "commit 2", "merged"][-2:]


def test_the_cost_is_foretold_and_nothing_is_built(place, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    component = component_file(tmp_path / "component.yaml", place)
    given = ["--good", "build:main~12", "--bad", "build:main", "--metric", METRIC, "--plan"]
    given += ["--scenario", str(PLANTED / "scenario.yaml"), "--component", str(component)]
    done = CliRunner().invoke(command, given, standalone_mode=False)
    assert done.exception is None, done.exception
    assert "12 commits, 4 to 7 of them measured in 16 to 210 pairs" in done.stdout
    assert "with a chance of at most 5 %" in done.stdout
    assert not (tmp_path / "out").exists()
    assert not list(place.glob("built*"))


def test_what_nobody_said_is_asked_for_at_once(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(command, ["--good", "a"], standalone_mode=False)
    assert isinstance(done.exception, UsageError)
    assert "--bad, --scenario, --component, --metric are missing" in done.exception.message
