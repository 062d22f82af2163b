"""Projects that are measured once for all tests of a file, and a fake GitHub for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.fakes.github.fake import FakeGithub
from tests.fakes.github.server import serving
from tests.flows.bot.delivering import Delivering
from tests.flows.bot.world import Project


@pytest.fixture(scope="module")
def slow_project(tmp_path_factory) -> Project:
    """A project with a pull request that makes its program slow, measured."""
    made = Project(root=tmp_path_factory.mktemp("slow")).create()
    made.change({"flags-planted": "slow\n"}).measure()
    return made


@pytest.fixture(scope="module")
def archive(slow_project):
    return slow_project.archive()


@pytest.fixture
def fake() -> Iterator[FakeGithub]:
    """A GitHub; whatever broke the description of its API fails the test."""
    made = FakeGithub()
    yield made
    assert made.violations == []


@pytest.fixture
def on_github(fake) -> Iterator[Callable[[Project], Delivering]]:
    """The delivering side of a project, whose pull request is on the fake."""
    with ExitStack() as stack:
        server = stack.enter_context(serving(fake))
        yield lambda project: Delivering(project, fake, server, stack)


@pytest.fixture
def slow(slow_project, on_github):
    return on_github(slow_project).begin()
