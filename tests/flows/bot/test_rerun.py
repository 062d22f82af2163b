"""`/loadstone rerun`: rounds of what is not settled, measured apart and added to the others."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from loadstone.action.inputs import ActionInputs
from loadstone.bot import commands
from loadstone.bot.more_rounds import more_rounds
from loadstone.flows.bot import context as contexts
from loadstone.flows.bot.judged_again import judged_again
from loadstone.github.workflows import read_run
from loadstone.model import Verdict
from tests.flows.bot.commanding import Delivered
from tests.flows.bot.world import NUMBER, RUN, Project
from tests.github import conftest

world = conftest.world  # the fixture

# An API server, builds and the pictures of a report for each session.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
SCENARIO = "perf/scenario.yaml"
CONTEXT = "loadstone/planted"


class Rerun(Delivered):
    """A pull request of two cases, of which one is not settled."""

    def rerun(self):
        return self.start("/loadstone rerun")

    @property
    def ledger(self):
        (file,) = (self.project.root / "baselines").rglob("minutes.json")
        return json.loads(file.read_text())["minutes"]

    def record(self, run):
        """What the bot makes of a run now."""
        client, place = self.world.client(), self.project.trusted()
        step = self.project.context("issue_comment", {}, workspace=place, url=self.world.server.url)
        context = contexts.read(
            ActionInputs(task="command", token=conftest.TOKEN), step, configured=False
        )
        found = judged_again(context, client, read_run(client, run))
        return found["planted"].record


def rounds_of(record):
    """The rounds of each case, by the last part of its name."""
    cases = [each.case.name for each in record.plan.cases]
    return [sorted({run.round for run in record.runs if run.case == case}) for case in cases]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    made = Project(root=tmp_path_factory.mktemp("shaky")).create()
    text = (made.place / SCENARIO).read_text()
    made.write(SCENARIO, text.replace("values: [500]", "values: [500, 250]"))
    made.base = made.commit("two cases")
    made.change({"flags-planted": "shaky\n"}).measure()
    return made


@pytest.fixture(scope="module")
def archive(project):
    return project.archive()


@pytest.fixture
def shaky(world, project, archive):
    return Rerun(world, project, archive)


def test_only_what_is_not_settled_is_measured_and_its_rounds_go_on(shaky):
    first = shaky.record(RUN)
    verdicts = {row.case: row.verdict for row in first.judgement.comparisons if row.metric.gated}
    settled, open_ = (each.case.name for each in first.plan.cases)
    assert Verdict.INCONCLUSIVE in {
        row.verdict for row in first.judgement.comparisons if row.case == open_
    }
    assert verdicts[settled] is not Verdict.INCONCLUSIVE
    before = shaky.comment
    inputs = shaky.rerun()
    assert shaky.comment == before, "the verdict stays to be read"
    command = commands.parse(inputs["command"], own=True)
    assert isinstance(command, commands.Command)
    more = more_rounds(command.options["from"], command.options["more"])["planted"]
    done = max(run.round for run in first.runs)
    assert (more.run, more.done, more.cases) == (RUN, done, [2])

    shaky.measured(inputs, RUN + 1)
    log = shaky.project.place / "loadstone-artifact/component-1/rounds.jsonl"
    new = [json.loads(line) for line in log.read_text().splitlines()[1:]]
    assert {each["case"] for each in new} == {open_}
    assert {each["round"] for each in new} == set(range(done + 1, more.last + 1))

    shaky.deliver_run(RUN + 1, "requested")
    assert shaky.status == "pending"
    assert shaky.comment == before
    shaky.deliver_run(RUN + 1)
    whole = shaky.record(RUN + 1)
    known = rounds_of(first)
    assert rounds_of(whole) == [known[0], [*known[1], *range(done + 1, more.last + 1)]]
    rows = [row for row in whole.judgement.comparisons if row.case == open_ and row.n]
    assert {row.n for row in rows if row.metric.name == "latency_p50"} == {more.last}
    assert shaky.status != "pending"
    assert "added nothing" not in shaky.comment


def test_a_rerun_of_a_rerun_adds_to_all_of_them(shaky):
    shaky.measured(shaky.rerun(), RUN + 1)
    shaky.deliver_run(RUN + 1)
    first = shaky.record(RUN + 1)
    inputs = shaky.rerun()
    assert f"from={RUN + 1}.1" in inputs["command"]
    shaky.measured(inputs, RUN + 2)
    shaky.deliver_run(RUN + 2)
    last = shaky.record(RUN + 2)
    assert len(last.runs) > len(first.runs)
    assert last.runs[: len(first.runs)] == first.runs
    assert [run.order for run in last.runs] == sorted(run.order for run in last.runs)


def test_rounds_that_go_on_after_ones_that_are_gone_are_not_added_and_that_is_said(shaky):
    shaky.measured(shaky.rerun(), RUN + 1)
    shaky.deliver_run(RUN + 1)
    shaky.measured(shaky.rerun(), RUN + 2)
    artifacts = shaky.world.repository.artifacts
    for number in [number for number, each in artifacts.items() if each.run == RUN + 1]:
        del artifacts[number]
    shaky.deliver_run(RUN + 2)
    assert "go on after are gone" in shaky.comment
    assert rounds_of(shaky.record(RUN + 2)) == rounds_of(shaky.record(RUN))


@pytest.fixture
def dispatched(shaky):
    """A rerun that was measured, and not delivered yet."""
    inputs = shaky.rerun()
    shaky.measured(inputs, RUN + 1)
    return shaky, inputs


def test_rounds_of_another_kind_of_machine_are_not_added_and_that_is_said(dispatched):
    shaky, inputs = dispatched
    place = "component-1/session.json"
    session = json.loads((shaky.project.place / "loadstone-artifact" / place).read_text())
    session["environment"]["key"] = "another"
    shaky.there(inputs, RUN + 1, shaky.project.archive({place: json.dumps(session).encode()}))
    status = shaky.status
    shaky.deliver_run(RUN + 1)
    assert "another kind of machine" in shaky.comment
    assert rounds_of(shaky.record(RUN + 1)) == rounds_of(shaky.record(RUN))
    assert shaky.status == status


@pytest.mark.parametrize("conclusion", ["cancelled", "timed_out"])
def test_a_rerun_that_came_to_nothing_leaves_the_result_and_says_so(dispatched, conclusion):
    shaky, _ = dispatched
    shaky.world.repository.runs[RUN + 1].conclusion = conclusion
    before = shaky.status
    shaky.deliver_run(RUN + 1, "requested")
    shaky.deliver_run(RUN + 1, conclusion=conclusion)
    assert "added nothing" in shaky.comment
    assert "Latency" in shaky.comment
    assert shaky.status == before


@pytest.mark.parametrize(
    ("name", "data"),
    [("../x", b""), ("component-1/rounds.jsonl", b"x"), ("component-1/session.json", b"{" * 9999)],
)
def test_a_hostile_rerun_changes_nothing_but_the_words_that_it_was_refused(dispatched, name, data):
    shaky, inputs = dispatched
    before = shaky.status
    shaky.there(inputs, RUN + 1, shaky.project.archive({name: data}))
    shaky.deliver_run(RUN + 1)
    assert "added nothing" in shaky.comment
    assert shaky.status == before


def test_rounds_that_were_not_asked_for_are_none_and_never_green(dispatched):
    shaky, inputs = dispatched
    name = "component-1/rounds.jsonl"
    head, *lines = (shaky.project.place / "loadstone-artifact" / name).read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    first = shaky.record(RUN)
    for row in rows[:2]:
        row["case"] = first.plan.cases[0].case.name
    forged = "\n".join([head, *map(json.dumps, rows)]) + "\n"
    shaky.there(inputs, RUN + 1, shaky.project.archive({name: forged.encode()}))
    shaky.deliver_run(RUN + 1)
    assert rounds_of(shaky.record(RUN + 1))[0] == rounds_of(first)[0]
    assert shaky.status == "error"


def test_a_run_of_another_commit_is_never_added_to(dispatched):
    shaky, inputs = dispatched
    shaky.world.repository.runs[RUN] = replace(shaky.world.repository.runs[RUN], head_sha="e" * 40)
    shaky.there(inputs, RUN + 1, shaky.project.archive())
    shaky.deliver_run(RUN + 1)
    assert "measured something else" in shaky.comment
    assert shaky.status == "error"
    assert RUN + 1 in {each["run"] for each in shaky.ledger}, "it took its minutes all the same"


def test_a_rerun_costs_few_requests(shaky):
    asked = len(shaky.world.asked)
    inputs = shaky.rerun()
    assert len(shaky.world.asked) - asked <= 20
    shaky.measured(inputs, RUN + 1)
    asked = len(shaky.world.asked)
    shaky.deliver_run(RUN + 1)
    assert len(shaky.world.asked) - asked <= 16


def test_a_commit_without_a_result_is_measured_as_if_for_the_first_time(world, project, archive):
    there = Rerun(world, project, archive)
    there.world.repository.pulls[NUMBER].head.sha = project.base
    assert there.rerun()["command"] == "/loadstone rerun"
