"""`/loadstone bisect`: by the worst regression of the last result, and what is said of it."""

from __future__ import annotations

import json

import pytest

from loadstone.bot import commands
from tests.component.repositories import git
from tests.flows.bot.commanding import Delivered
from tests.flows.bot.world import RUN, Project
from tests.github import conftest

world = conftest.world  # the fixture

# An API server and a build for each commit.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


class Range(Delivered):
    """A pull request of five commits, whose third is slow."""

    def begin(self):
        between = (self.project.base, self.project.head)
        told = self.world.repository.comparisons[between]
        said = git(
            self.project.place, "log", "--reverse", "--format=%H %P %s", f"{'..'.join(between)}"
        )
        told.commits = [tuple(line.split(" ", 2)) for line in said.splitlines()]
        return self


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    made = Project(root=tmp_path_factory.mktemp("range")).create()
    for changes in (
        {"a": "1\n"},
        {"b": "2\n"},
        {"flags-planted": "slow\n"},
        {"c": "3\n"},
        {"d": "4\n"},
    ):
        made.change(changes)
    made.measure()
    return made


@pytest.fixture(scope="module")
def archive(project):
    return project.archive()


@pytest.fixture
def there(world, project, archive):
    return Range(world, project, archive).begin()


def slow_one(project):
    return git(project.place, "log", "--format=%H", "-1", project.head, "--", "flags-planted")


def test_the_first_slower_commit_is_found_and_said_beside_the_verdict(there):
    inputs = there.start("/loadstone bisect")
    command = commands.parse(inputs["command"], own=True)
    assert isinstance(command, commands.Command)
    said = command.options
    assert said["component"] == "planted"
    assert said["metric"].startswith("latency_")
    assert said["case"].startswith("planted/")
    there.measured(inputs, RUN + 1)
    there.deliver_run(RUN + 1, "requested")
    assert "Queued: bisection of planted" in there.comment
    assert "regression" in there.comment, "the verdict stays to be read"
    assert "is gone" not in there.comment
    there.deliver_run(RUN + 1, "in_progress")
    assert "Running: bisection of planted" in there.comment
    there.deliver_run(RUN + 1)
    assert "The first commit that is surely slower is" in there.comment
    assert slow_one(there.project)[:12] in there.comment.partition("What was tried")[0]
    assert "regression" in there.comment
    assert there.status == "failure", "a bisection passes no commit, and fails none"


def test_a_bisection_says_itself_by_what(there):
    inputs = there.start("/loadstone bisect case=* metric=latency_p50")
    assert inputs["command"] == "/loadstone bisect case=* metric=latency_p50"


def test_without_a_regression_it_has_to_be_said(there):
    _, reactions = there.say("/loadstone bisect metric=memory_peak")
    assert reactions == ["confused"]
    assert "case=… metric=…" in there.replies[-1]


@pytest.fixture
def searched(there):
    """A bisection that was measured, and not delivered yet."""
    inputs = there.start("/loadstone bisect")
    there.measured(inputs, RUN + 1)
    return there, inputs


def steps_of(project):
    place = project.place / "loadstone-artifact" / "component-1" / "steps"
    return sorted(each.name for each in place.iterdir())


def test_an_answer_that_the_artifact_brings_along_is_not_read(searched):
    there, inputs = searched
    folder = there.project.place / "loadstone-artifact/component-1"
    forged = json.loads((folder / "bisect.json").read_text())
    forged["suspects"] = [{"hash": "f" * 40, "subject": "@everyone"}]
    there.there(
        inputs,
        RUN + 1,
        there.project.archive({"component-1/bisect.json": json.dumps(forged).encode()}),
    )
    there.deliver_run(RUN + 1)
    assert slow_one(there.project)[:12] in there.comment.partition("What was tried")[0]
    assert "ffffffff" not in there.comment


def test_a_search_that_was_broken_off_is_a_range_and_says_so(searched):
    there, inputs = searched
    last = steps_of(there.project)[-1]
    data = there.project.archive({f"component-1/steps/{last}/rounds.jsonl": b"{}\n"})
    there.there(inputs, RUN + 1, data)
    there.deliver_run(RUN + 1)
    assert "is one of" in there.comment
    assert "broken off" in there.comment


@pytest.mark.parametrize("data", [b"", b"[]", b'{"code": "@everyone", "data": {}}', b"\xff"])
def test_whatever_is_said_of_a_commit_that_was_passed_over_is_ours(searched, data):
    there, inputs = searched
    first = steps_of(there.project)[0]
    changed = there.project.archive({f"component-1/steps/{first}/passed-over.json": data})
    there.there(inputs, RUN + 1, changed)
    there.deliver_run(RUN + 1)
    assert "could not be measured" in there.comment
    assert "@everyone" not in there.comment


def test_a_hostile_bisection_is_refused_and_says_no_commit(searched):
    there, inputs = searched
    there.there(inputs, RUN + 1, there.project.archive({"../x": b""}))
    there.deliver_run(RUN + 1)
    assert "surely slower is" not in there.comment
