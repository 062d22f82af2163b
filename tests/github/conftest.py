"""A repository on the fake, and clients of it that do not really wait."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from typing import Any

import pytest

from loadstone.github.client import Client
from loadstone.github.waits import Patience
from tests.fakes.github.fake import FakeGithub
from tests.fakes.github.faults import Fault
from tests.fakes.github.server import FakeServer, serving
from tests.fakes.github.state import Comment, Repository

NAME = "octo/widget"
HEAD, BASE = "a" * 40, "b" * 40
TOKEN = "ghs_actions"
OURS = "github-actions[bot]"
ALL = {"contents": "write", "issues": "write", "pull_requests": "write", "statuses": "write"}
PATIENCE = Patience(again=3, longest=100, unsaid=60, pause=0.5)


@dataclass
class World:
    """A fake with one repository and one open pull request, and what clients of it said."""

    fake: FakeGithub
    server: FakeServer
    stack: ExitStack
    said: list[str] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)

    @property
    def repository(self) -> Repository:
        return self.fake.state.repositories[NAME]

    @property
    def comments(self) -> list[Comment]:
        return self.repository.comments_of(1)

    @property
    def asked(self) -> list[str]:
        """The requests that came, as `GET /path`."""
        return [f"{one.verb} {one.path}" for one in self.fake.exchanges]

    def client(
        self, token: str = TOKEN, *, url: str = "", author: str = "", sleep: Any = None
    ) -> Client:
        made = Client(
            NAME,
            token,
            url=url or self.server.url,
            author=author,
            patience=PATIENCE,
            pauses=(0, 0),
            say=self.said.append,
            sleep=sleep or self.waited.append,
        )
        return self.stack.enter_context(closing(made))

    def fault(self, **fields) -> None:
        self.fake.faults.append(Fault(**fields))


@pytest.fixture
def world() -> Iterator[World]:
    """The world; whatever broke GitHub's description of its API fails the test."""
    fake = FakeGithub()
    fake.state.repository(NAME)
    fake.state.pull(NAME, 1, head_sha=HEAD)
    fake.state.token(TOKEN, permissions=ALL | {"actions": "write"})
    with ExitStack() as stack:
        yield World(fake, stack.enter_context(serving(fake)), stack)
    assert fake.violations == []


@pytest.fixture
def client(world: World) -> Client:
    return world.client()
