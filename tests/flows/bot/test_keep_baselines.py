"""Baselines that are kept: of pushes, the clock and commands, and never of a pull request."""

from __future__ import annotations

from dataclasses import replace

import pytest

from loadstone.bot.stored_documents import MINUTES, minutes_ledger
from loadstone.errors import ArtifactExpired, ArtifactRefused, UsageError
from loadstone.flows.bot.keep_baselines import keep_all
from loadstone.formats.configuration import parse
from loadstone.store.table import open_documents, open_store
from tests.fakes.github.state import Run
from tests.flows.bot.made import (
    CASES,
    MACHINE,
    commit,
    context,
    git,
    plan,
    repository,
    session,
    shards,
    upload,
)
from tests.github import conftest
from tests.github.conftest import HEAD, NAME

world = conftest.world  # the fixture

CONFIG = "component: c\nscenario: s\nbaselines: {store}\n"


class Main:
    """A main branch with two commits, and the run that has measured the second."""

    def __init__(self, world, tmp_path, kind):
        self.world, self.tmp_path, self.times = world, tmp_path, 0
        self.root = repository(tmp_path / "checkout")
        self.base, self.head = commit(self.root), commit(self.root)
        self.store = str(tmp_path / "baselines")
        if kind == "git":
            git(tmp_path, "init", "--quiet", "--bare", "data.git")
            self.store = f"git:records@{tmp_path / 'data.git'}"
        self.config = parse(CONFIG.format(store=self.store), "loadstone.yaml")
        world.repository.runs[500] = self.run(event="push", head_sha=self.head)

    def run(self, number=500, **fields):
        return Run(id=number, workflow="main.yml", head_repository=NAME, **fields)

    def context(self, name="push", **more):
        return context(self.root, self.config, name=name, payload=payload(self), **more)

    def measured(self, run=500, **plans):
        """Upload what the run has measured."""
        made = plan(base=("before", self.base), head=("after", self.head), **plans)
        folder = session(made, self.tmp_path / f"session-{len(self.world.repository.artifacts)}")
        upload(self.world, run, folder)

    def keep(self, told):
        self.times += 1
        return keep_all(told, self.world.client(), self.tmp_path / f"work-{self.times}")

    @property
    def entries(self):
        return open_store(self.store).list()


@pytest.fixture(params=["directory", "git"])
def main(request, world, tmp_path):
    return Main(world, tmp_path, request.param)


def test_a_push_is_kept_with_its_commit_and_its_machine_and_is_learnt_from(main):
    main.measured()
    (kept,) = main.keep(main.context())
    (entry,) = main.entries
    assert kept.entry is not None
    assert kept.entry.key == entry.key
    assert kept.learnt == 1
    assert (entry.component, entry.commit, entry.environment) == ("c", main.head, MACHINE.key)
    record = open_store(main.store).get(entry.key)
    assert record.judgement is not None
    assert {run.case for run in record.runs} == set(CASES)
    assert open_store(main.store).note(entry.series, "noise.json") is not None


def test_what_it_cost_is_in_the_ledger(main):
    main.measured()
    main.keep(main.context())
    document = open_documents(main.store).read(MINUTES)
    assert document is not None
    (line,) = minutes_ledger(document.data)
    assert (line.run, line.component, line.pull_request) == (500, "c", 0)
    assert line.minutes == pytest.approx(16 * 0.5)


def test_kept_again_it_is_there_once(main):
    main.measured()
    main.keep(main.context())
    main.keep(main.context())
    assert len(main.entries) == 1


def test_the_clock_audits_what_one_revision_says_of_itself(main):
    main.base = main.head
    main.measured()
    (kept,) = main.keep(main.context("schedule", run=500))
    assert kept.audited
    (entry,) = main.entries
    assert open_store(main.store).note(entry.series, "audit.json") is not None


def test_shards_are_kept_as_the_one_run_that_they_are(main):
    made = plan(base=("before", main.base), head=("after", main.head))
    for number, each in enumerate(shards(made, 2), start=1):
        folder = session(each, main.tmp_path / f"shard-{number}")
        upload(main.world, 500, folder, part=f"-{number}-of-2")
    main.keep(main.context())
    (entry,) = main.entries
    assert len(open_store(main.store).get(entry.key).shards) == 2


def test_of_a_part_that_was_measured_again_the_last_attempt_counts(main):
    upload(
        main.world,
        500,
        session(plan(base=("x", main.base), head=("y", main.base)), main.tmp_path / "old"),
        attempt=9,
    )
    made = plan(base=("before", main.base), head=("after", main.head))
    upload(main.world, 500, session(made, main.tmp_path / "new"), attempt=10)
    main.keep(main.context())
    assert [entry.commit for entry in main.entries] == [main.head]


UNTRUSTED = ("pull_request", "pull_request_target", "workflow_run", "issue_comment", "merge_group")


@pytest.mark.parametrize("name", UNTRUSTED)
def test_an_event_that_may_bring_code_of_anybody_is_refused(main, name):
    main.measured()
    told = context(main.root, main.config, name="push", payload=payload(main))
    told = replace(told, run=replace(told.run, event_name=name))
    with pytest.raises(UsageError, match="code of anybody"):
        main.keep(told)
    assert main.entries == []


def test_another_branch_is_refused_where_somebody_commanded_it(main):
    told = main.context("workflow_dispatch", ref="refs/heads/topic")
    with pytest.raises(UsageError, match="not the default branch"):
        main.keep(told)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"event": "pull_request"}, "code of anybody"),
        ({"event": "merge_group"}, "code of anybody"),
        ({"event": "push", "head_repository": "mallory/widget"}, "another repository"),
        ({"event": "workflow_dispatch", "head_branch": "topic"}, "not of the default branch"),
    ],
)
def test_the_inputs_cannot_name_a_run_of_a_pull_request(main, fields, why):
    run = main.run(number=77, head_sha=HEAD)
    for name, value in fields.items():
        setattr(run, name, value)
    main.world.repository.runs[77] = run
    main.measured(run=77)
    with pytest.raises(UsageError, match=why):
        main.keep(main.context(run_id=77))
    assert main.entries == []


def test_a_run_that_was_pushed_may_be_named(main):
    main.world.repository.runs[77] = main.run(number=77, event="push", head_sha=main.head)
    main.measured(run=77)
    main.keep(main.context(run_id=77))
    assert len(main.entries) == 1


def test_a_head_that_is_not_of_the_branch_is_not_kept(main):
    made = plan(base=("before", main.base), head=("after", "c" * 40))
    upload(main.world, 500, session(made, main.tmp_path / "foreign"))
    (kept,) = main.keep(main.context())
    assert kept.entry is None
    assert "not part of" in kept.why
    assert main.entries == []


def test_the_configuration_may_want_none(main):
    main.config = parse(
        CONFIG.format(store=main.store) + "events: {push: {baseline: false}}\n", "loadstone.yaml"
    )
    main.measured()
    assert main.keep(main.context()) == []
    assert main.entries == []


def test_an_archive_that_is_none_and_one_that_is_gone_are_errors(main):
    main.measured()
    (artifact,) = main.world.repository.artifacts.values()
    whole, artifact.data = artifact.data, b"PK"
    with pytest.raises(ArtifactRefused):
        main.keep(main.context())
    artifact.data, artifact.expired = whole, True
    with pytest.raises(ArtifactExpired):
        main.keep(main.context())
    assert main.entries == []


def payload(main):
    said = {"ref": "refs/heads/main", "before": main.base, "after": main.head}
    return {**said, "schedule": "7 3 * * 1"}
