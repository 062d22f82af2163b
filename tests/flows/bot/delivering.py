"""A project whose pull request is on the fake GitHub, and the delivering job of it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack, chdir
from dataclasses import dataclass, field
from typing import Any

from loadstone.action.inputs import ActionInputs
from loadstone.flows.bot.context import BotContext
from loadstone.flows.bot.deliver import deliver
from loadstone.flows.task_result import TaskResult
from loadstone.github.client import Client
from loadstone.github.waits import Patience
from tests.fakes.github.fake import FakeGithub
from tests.fakes.github.faults import Fault
from tests.fakes.github.server import FakeServer
from tests.fakes.github.state import Artifact, Comment, Comparison, Pull, Repository, Run
from tests.flows.bot.world import BRANCH, NAME, NUMBER, RUN, Project, workflow_run

TOKEN = "ghs_actions"
MOST = 25  # requests of GitHub's API


@dataclass
class Delivering:
    """The fake with the pull request of a project, and what its deliveries cost."""

    project: Project
    fake: FakeGithub
    server: FakeServer
    stack: ExitStack
    waited: list[float] = field(default_factory=list)

    @property
    def repository(self) -> Repository:
        return self.fake.state.repositories[NAME]

    @property
    def pull(self) -> Pull:
        return self.repository.pulls[NUMBER]

    @property
    def comments(self) -> list[Comment]:
        return self.repository.comments_of(NUMBER)

    @property
    def comment(self) -> str:
        (only,) = self.comments
        return only.body

    @property
    def statuses(self) -> dict[str, str]:
        """The newest state of each context of the head that was measured."""
        own = [each for each in self.repository.statuses if each.sha == self.project.head]
        return {each.context: each.state for each in own}

    def begin(self, *, fork: str = "") -> Delivering:
        """Put the pull request of the project onto the fake."""
        state, project = self.fake.state, self.project
        if NAME not in state.repositories:
            state.repository(NAME)
            state.token(
                TOKEN,
                permissions={"pull_requests": "write", "issues": "write", "statuses": "write"}
                | {"actions": "read", "contents": "read"},
            )
        pull = state.pull(NAME, NUMBER, head_sha=project.head, head_repository=fork)
        pull.base.sha, pull.head.ref = project.base, BRANCH
        pull.files = ["flags-planted"]
        between = (project.base, project.head)
        self.repository.comparisons[between] = Comparison(
            merge_base=project.base, files=["flags-planted"]
        )
        return self

    def measured(self, data: bytes, *, run: int = RUN, name: str = "", **fields: Any) -> None:
        """A run that left an artifact."""
        self.repository.runs[run] = Run(
            id=run, workflow="loadstone.yml", head_sha=self.project.head, head_branch=BRANCH
        )
        number = self.fake.state.next_id()
        self.repository.artifacts[number] = Artifact(
            id=number, run=run, name=name or f"loadstone-{run}-1", data=data, **fields
        )

    def deliver(self, event: Mapping[str, Any] | None = None) -> TaskResult:
        """Do the task `deliver`, in a checkout of the default branch alone."""
        place = self.project.trusted()
        context = self.project.context(
            "workflow_run",
            event or workflow_run(self.project),
            workspace=place,
            url=self.server.url,
        )
        inputs = ActionInputs(task="deliver", token=TOKEN)
        with chdir(place):
            return deliver(inputs, context, connect=self._client)

    def client(self, repository: str = NAME, token: str = TOKEN, *, url: str = "") -> Client:
        made = Client(
            repository,
            token,
            url=url or self.server.url,
            patience=Patience(again=2, longest=10, unsaid=5, pause=0.1),
            pauses=(0, 0),
            sleep=self.waited.append,
        )
        return self.stack.enter_context(made)

    def _client(self, _context: BotContext) -> Client:
        return self.client()

    def fault(self, **fields: Any) -> None:
        self.fake.faults.append(Fault(**fields))
