"""A pull request that was measured and delivered, on which commands are given."""

from __future__ import annotations

from contextlib import chdir
from dataclasses import replace

from loadstone.action.inputs import ActionInputs
from loadstone.flows.bot.command_task import command
from loadstone.flows.bot.deliver import deliver
from loadstone.store.table import open_documents
from tests.fakes.github.state import Artifact, Comparison, Run
from tests.flows.bot.world import BRANCH, NAME, NUMBER, RUN, workflow_run
from tests.github.conftest import OURS, TOKEN


class Delivered:
    """A pull request with a regression, of which the comment and the status are there."""

    def __init__(self, world, project, archive=None):
        self.world, self.project = world, project
        state = world.fake.state
        pull = state.pull(NAME, NUMBER, head_sha=project.head)
        pull.head.ref, pull.base.sha, pull.files = BRANCH, project.base, ["flags-planted"]
        repository = world.repository
        repository.comparisons[(project.base, project.head)] = Comparison(merge_base=project.base)
        repository.workflows |= {"loadstone.yml", "loadstone-main.yml"}
        repository.roles["grace"] = "write"
        for login in ("grace", "mallory"):
            state.user(login)
        repository.runs[RUN] = Run(
            id=RUN,
            workflow="loadstone.yml",
            head_sha=project.head,
            head_branch=BRANCH,
            head_repository=NAME,
            pulls=[NUMBER],
            created="2026-11-20T09:00:00Z",
        )
        repository.artifacts[1] = Artifact(
            id=1, run=RUN, name=f"loadstone-{RUN}-1", data=archive or project.archive()
        )
        self.deliver()

    def deliver(self, action="completed", **changes):
        """Deliver news of a run, which is as far as these say."""
        run = self.world.repository.runs[changes.get("id", RUN)]
        ended = run.status, run.conclusion
        if action != "completed":
            run.status, run.conclusion = action, None
        done = self.do(deliver, "workflow_run", workflow_run(self.project, action, **changes))
        run.status, run.conclusion = ended
        return done

    def say(self, body, login="grace", action="created", kind="User"):
        made = self.world.fake.state.comment(NAME, NUMBER, login, body)
        payload = {
            "action": action,
            "issue": {"number": NUMBER, "state": "open", "pull_request": {}},
            "comment": {
                "id": made.id,
                "body": body,
                "user": {"login": login, "type": kind},
                "created_at": "2026-11-20T10:00:00Z",
            },
            "repository": {"default_branch": "main"},
        }
        result = self.do(command, "issue_comment", payload)
        return result, [each.content for each in made.reactions]

    def do(self, task, name, payload):
        inputs = ActionInputs(task="command", token=TOKEN)
        workspace = self.project.trusted()
        run = self.project.context(name, payload, workspace=workspace, url=self.world.server.url)
        with chdir(workspace):
            return task(inputs, replace(run, run=RUN + 5), connect=lambda _: self.world.client())

    def start(self, command):
        """Command a measuring, and the inputs that its workflow is started with."""
        before = len(self.world.repository.dispatches)
        result, reactions = self.say(command)
        assert (result.code, reactions) == (0, ["eyes", "rocket"]), self.replies
        (started,) = self.world.repository.dispatches[before:]
        return started["inputs"]

    def measured(self, inputs, run, changes=None, **fields):
        """Measure what was dispatched, and let its artifact be that of a run."""
        event = {"inputs": inputs, "ref": "refs/heads/main", "sender": {"login": "grace"}}
        self.project.measure(event, name="workflow_dispatch")
        self.there(inputs, run, self.project.archive(changes), **fields)

    def there(self, inputs, run, data, **fields):
        repository = self.world.repository
        repository.runs[run] = Run(
            id=run,
            workflow="loadstone.yml",
            head_sha=self.project.base,
            head_repository=NAME,
            event="workflow_dispatch",
            title=f"{inputs['command']} {inputs['head']} #{NUMBER} on ubuntu-24.04",
            **fields,
        )
        number = self.world.fake.state.next_id()
        repository.artifacts[number] = Artifact(
            id=number, run=run, name=f"loadstone-{run}-1", data=data
        )

    def deliver_run(self, run, action="completed", **changes):
        there = self.world.repository.runs[run]
        return self.deliver(
            action,
            id=run,
            event="workflow_dispatch",
            display_title=there.title,
            head_sha=there.head_sha,
            head_branch="main",
            **changes,
        )

    @property
    def comment(self):
        ours = [each for each in self.all() if "key=pull-request" in each.body]
        (found,) = ours
        return found.body

    @property
    def replies(self):
        return [each.body for each in self.all() if "loadstone:reply" in each.body]

    def all(self):
        return [
            each for each in self.world.repository.comments_of(NUMBER) if each.user.login == OURS
        ]

    @property
    def status(self):
        return self.world.repository.statuses[-1].state

    @property
    def documents(self):
        return open_documents(f"directory:{self.project.root}/baselines")
