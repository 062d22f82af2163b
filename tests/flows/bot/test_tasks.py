"""The tasks `store` and `gate` as a step does them: what they print, give and exit with."""

from __future__ import annotations

import pytest

from loadstone.action.inputs import ActionInputs
from loadstone.errors import UsageError
from loadstone.flows import tasks
from loadstone.model import Goal, Policy
from loadstone.store.table import open_store
from tests.fakes.github.state import Run
from tests.flows.bot.made import commit, git, plan, repository, runner, session, upload
from tests.github import conftest
from tests.github.conftest import NAME, TOKEN

world = conftest.world  # the fixture


class Checkout:
    """A repository with its configuration, in which steps run."""

    def __init__(self, world, tmp_path):
        self.world, self.tmp_path = world, tmp_path
        self.root = repository(tmp_path / "checkout")
        self.store = tmp_path / "baselines"
        (self.root / "loadstone.yaml").write_text(
            f"component: c\nscenario: s\nbaselines: {self.store}\n"
        )
        git(self.root, "add", ".")
        self.first, self.second = commit(self.root, tag="v1.0"), commit(self.root, tag="v1.1")
        world.repository.runs[500] = Run(
            id=500, workflow="main.yml", head_sha=self.second, head_repository=NAME
        )

    def measured(self, base, head, *, change=1.0, **changes):
        made = plan(base=(base, self.first), head=(head, self.second), **changes)
        upload(self.world, 500, session(made, self.tmp_path / "session", change=change))

    def do(self, task, *, ref, name="push", **payload):
        payload = {
            "repository": {"default_branch": "main"},
            "ref": ref,
            "before": self.first,
            "after": self.second,
            **payload,
        }
        step = runner(
            self.root, name=name, payload=payload, ref=ref, run=500, url=self.world.server.url
        )
        return tasks.perform(ActionInputs(task=task, token=TOKEN), step)


@pytest.fixture
def checkout(world, tmp_path):
    return Checkout(world, tmp_path)


def test_a_push_is_kept_and_the_log_says_under_which_name(checkout):
    checkout.measured("before", "after")
    done = checkout.do("store", ref="refs/heads/main")
    (entry,) = open_store(checkout.store).list()
    assert done.code == 0
    assert f"c: kept as {entry.key}; the noise of its series is known from 1 records" in done.text


def test_a_push_that_measured_nothing_keeps_nothing(checkout):
    assert "nothing was measured" in checkout.do("store", ref="refs/heads/main").text


def test_a_pull_request_is_refused_by_the_step(checkout):
    with pytest.raises(UsageError, match="code of anybody"):
        checkout.do("store", name="workflow_run", ref="refs/heads/main", action="other")


@pytest.mark.parametrize(
    ("change", "code", "said"), [(1.0, 0, "pass"), (1.5, 1, "fail")], ids=["passes", "fails"]
)
def test_the_gate_ends_as_a_run_does_and_shows_the_section(checkout, change, code, said):
    policy = Policy(looks=(4,), goal=Goal.CERTIFY, certain=True)
    checkout.measured("v1.0", "v1.1", change=change, policy=policy, tier="release")
    done = checkout.do("gate", ref="refs/tags/v1.1")
    assert (done.code, done.outputs["conclusion"]) == (code, said)
    assert done.text.splitlines()[0] == f"v1.1: {said}"
    assert "records kept: 1" in done.text
    assert "v1.1 against v1.0" in done.summary
    assert checkout.world.repository.statuses[-1].sha == checkout.second


def test_a_status_that_github_did_not_take_fails_the_step_and_it_is_said(checkout):
    checkout.measured("v1.0", "v1.1", policy=Policy(looks=(4,)), tier="release")
    checkout.world.fault(verb="POST", path="/statuses/", status=422, times=9)
    done = checkout.do("gate", ref="refs/tags/v1.1")
    assert (done.code, done.outputs["conclusion"]) == (3, "pass")
    assert "not delivered: the status loadstone/c" in done.text


def test_a_gate_without_anything_measured_is_invalid(checkout):
    done = checkout.do("gate", ref="refs/tags/v1.1")
    assert (done.code, done.outputs["conclusion"]) == (3, "invalid")
