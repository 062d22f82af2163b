"""Deliveries and commands that are killed at a request: what is said is true, and mends itself."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys

import pytest

from loadstone.bot.comment_memory import recall
from loadstone.bot.stored_documents import ACCEPTED, MINUTES, accepted_changes, minutes_ledger
from loadstone.flows.bot.command_task import command
from loadstone.flows.tasks import clean_up
from loadstone.github import hidden_line
from tests.fakes.github.faults import Fault, Kind
from tests.fakes.github.state import Comment
from tests.flows.bot.commanding import Delivered
from tests.flows.bot.world import NAME, NUMBER, RUN, Project, workflow_run
from tests.github import conftest
from tests.github.conftest import TOKEN

world = conftest.world  # the fixture

# A process of ours for each kill, and a session for the artifact.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
DELIVERY, COMMAND = 10, 24  # requests of each, about


class Killed(Delivered):
    """A pull request with a regression, and processes about it that get killed."""

    def kill(self, task, name, payload, after):
        """Start a task and kill it at its request number `after`, whose effect there is.

        Whether it was killed: else it has ended before.
        """
        event = self.project.root / "event.json"
        event.write_text(json.dumps(payload))
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.project.root),
            "GITHUB_REPOSITORY": NAME,
            "GITHUB_RUN_ID": str(RUN + 5),
            "GITHUB_EVENT_NAME": name,
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_SHA": self.project.base,
            "GITHUB_REF": "refs/heads/main",
            "GITHUB_WORKSPACE": str(self.project.trusted()),
            "GITHUB_API_URL": self.world.server.url,
            "RUNNER_TEMP": str(self.project.runner),
            "INPUT_TASK": task,
            "INPUT_TOKEN": TOKEN,
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "loadstone", "action"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        fault = Fault(kind=Kind.RACE, skip=after, race=lambda: os.kill(process.pid, signal.SIGKILL))
        self.world.fake.faults.append(fault)
        code = process.wait(timeout=200)
        self.world.fake.faults.clear()
        return code == -signal.SIGKILL

    def forget(self):
        """As if nothing had been delivered."""
        comments = self.world.repository.comments
        for each in [each for each in comments.values() if each in self.all()]:
            del comments[each.id]
        self.world.repository.statuses.clear()
        shutil.rmtree(self.project.root / "baselines", ignore_errors=True)

    @property
    def ledger(self):
        blob = self.documents.read(MINUTES)
        return minutes_ledger(blob.data if blob else None)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    made = Project(root=tmp_path_factory.mktemp("slow")).create()
    made.change({"flags-planted": "slow\n"}).measure()
    return made


@pytest.fixture(scope="module")
def archive(project):
    return project.archive()


@pytest.fixture
def slow(world, project, archive):
    shutil.rmtree(project.root / "baselines", ignore_errors=True)
    return Killed(world, project, archive)


def plain(comment):
    """What a reader sees of it, without what was spent before it."""
    return re.sub(r"<br>It cost .*?<br>", "<br>", hidden_line.below(comment))


def is_true(comment: Comment, states: tuple[str, ...]) -> None:
    """Each of its sections says a state that was the case, and the words are those of that."""
    found = hidden_line.read(comment.body)
    assert found is not None
    (section,) = recall(found.data)
    said = type(section.state).__name__
    assert said in states
    words = {"QueuedState": "Queued", "RunningState": "Running", "VerdictState": "Regression"}
    assert words[said] in comment.body


@pytest.mark.parametrize("waited", [False, True], ids=["first", "after-it-waited"])
@pytest.mark.parametrize("after", range(0, DELIVERY + 1, 2))
def test_of_a_killed_delivery_nothing_is_wrong_and_the_next_one_is_whole(slow, after, waited):
    whole, before = plain(slow.comment), len(slow.ledger)
    slow.forget()
    if waited:
        slow.deliver("requested")
    slow.kill("deliver", "workflow_run", workflow_run(slow.project), after)
    assert len(slow.all()) <= 1
    for each in slow.all():
        is_true(each, ("QueuedState", "VerdictState"))
    assert {each.state for each in slow.world.repository.statuses} <= {"pending", "failure"}
    slow.deliver()
    (comment,) = slow.all()
    assert plain(comment.body) == whole
    assert slow.status == "failure"
    assert len(slow.ledger) == before, "its minutes are noted once"


@pytest.mark.parametrize("after", range(0, COMMAND, 4))
def test_of_a_killed_command_nothing_is_wrong_and_the_next_one_is_whole(slow, after):
    payload = {
        "action": "created",
        "issue": {"number": NUMBER, "state": "open", "pull_request": {}},
        "repository": {"default_branch": "main"},
    }
    body = "/loadstone accept * latency_p99 a slower hash, on purpose"
    made = slow.world.fake.state.comment(NAME, NUMBER, "grace", body)
    payload["comment"] = {
        "id": made.id,
        "body": body,
        "user": {"login": "grace", "type": "User"},
        "created_at": "2026-11-20T10:00:00Z",
    }
    slow.kill("command", "issue_comment", payload, after)
    ours = [each for each in slow.all() if "key=pull-request" in each.body]
    assert len(ours) == 1
    is_true(ours[0], ("VerdictState",))
    slow.do(command, "issue_comment", payload)
    assert [each.content for each in made.reactions] == ["eyes", "rocket"]
    assert "accepted by" in slow.comment
    changes = accepted_changes(slow.documents.read(ACCEPTED).data)
    assert [each.metric for each in changes] == ["latency_p99"]


def test_a_killed_task_leaves_no_directory(slow):
    assert slow.kill("deliver", "workflow_run", workflow_run(slow.project), 3)
    environment = {"GITHUB_RUN_ID": str(RUN + 5), "RUNNER_TEMP": str(slow.project.runner)}
    clean_up(environment, sweep=list)
    assert list(slow.project.runner.iterdir()) == []
