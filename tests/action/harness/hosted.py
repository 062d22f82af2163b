"""A user's repository on a GitHub that is played: pushes, events, workflow runs and artifacts.

The repository is a bare one that Git's own daemon serves, and the API is the fake; both are at the
address at which containers reach this machine. What GitHub does between workflows is done here: a
fresh checkout for each job, the token with what the workflow asks for, the artifact of one run
handed to the next.
"""

from __future__ import annotations

import io
import ipaddress
import os
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.action.harness.acting import ACTION, Acting, ActRun, git
from tests.action.harness.docker_daemon import Docker
from tests.action.harness.page import TypedCommand, WrittenFile
from tests.fakes.github.fake import FakeGithub
from tests.fakes.github.server import FakeServer, serving
from tests.fakes.github.state import Artifact, Comment, Comparison, Pull, Repository, Run, stamp

NAME, NUMBER = "acme/mine", 7
TOKEN = "no-token"
MEASURING = "loadstone.yml"
PATIENCE = 60.0  # s until Git's daemon answers


@dataclass
class Hosted:
    """The repository of a user, who works in `place`, and its pull request."""

    acting: Acting
    fake: FakeGithub
    server: FakeServer
    origin: str
    branch: str = ""

    @property
    def place(self) -> Path:
        return self.acting.folder / "user"

    @property
    def there(self) -> Repository:
        return self.fake.state.repositories[NAME]

    @property
    def pull(self) -> Pull:
        return self.there.pulls[NUMBER]

    @property
    def comment(self) -> Comment:
        """The bot's one comment. Raises where there are several."""
        (only,) = (each for each in self.said if "key=pull-request" in each.body)
        return only

    @property
    def said(self) -> list[Comment]:
        """All that the bot has said on the pull request."""
        return [each for each in self.there.comments_of(NUMBER) if each.user.bot]

    @property
    def status(self) -> str:
        """The newest status of the pull request's head, "" for none."""
        own = [each for each in self.there.statuses if each.sha == self.pull.head.sha]
        return own[-1].state if own else ""

    def do(self, step: WrittenFile | TypedCommand) -> None:
        """Do what a page says, in the user's checkout."""
        if isinstance(step, WrittenFile):
            path = self.place / step.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step.text)
            return
        line = step.line.replace("OWNER/loadstone@COMMIT", ACTION)
        done = subprocess.run(
            ["bash", "-c", line],
            cwd=self.place,
            env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
            text=True,
            capture_output=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, f"$ {line}\n{done.stdout}\n{done.stderr}"

    def pushed(self, branch: str) -> None:
        """Bring the pull request to what was pushed to its branch."""
        base, head = (git(self.place, "rev-parse", name) for name in ("main", branch))
        self.branch = branch
        if NUMBER not in self.there.pulls:
            self.fake.state.pull(NAME, NUMBER, head_sha=head)
        self.pull.head.ref, self.pull.head.sha, self.pull.base.sha = branch, head, base
        self.pull.files = git(self.place, "diff", "--name-only", base, head).splitlines()
        ahead = int(git(self.place, "rev-list", "--count", f"{base}..{head}"))
        self.there.comparisons[base, head] = Comparison(merge_base=base, ahead=ahead)

    def measured(self, action: str) -> ActRun:
        """Run the measuring of the pull request, and keep what it leaves as the run's artifact."""
        run = Run(
            id=self.fake.state.next_id(),
            workflow=MEASURING,
            head_sha=self.pull.head.sha,
            head_branch=self.branch,
            head_repository=NAME,
            pulls=[NUMBER],
        )
        self.there.runs[run.id] = run
        bodies = {"number": NUMBER, "pull_request": self.payload()}
        with self._job(self.branch) as checkout:
            ran = self._happens("pull_request", {"action": action, **bodies}, MEASURING, run.id)
            for folder in sorted(checkout.glob(".uploaded/*")):
                number = self.fake.state.next_id()
                self.there.artifacts[number] = Artifact(
                    id=number, run=run.id, name=folder.name, data=_zipped(folder)
                )
        return ran

    def delivered(self, action: str = "completed") -> ActRun:
        """Run the delivery of the newest measuring."""
        run = max(self.there.runs.values(), key=lambda each: each.id)
        done = action == "completed"
        run.status, run.conclusion = (action, "success") if done else ("queued", None)
        payload = {
            "id": run.id,
            "run_attempt": 1,
            "name": "Loadstone",
            "path": f".github/workflows/{MEASURING}",
            "event": "pull_request",
            "status": "completed" if done else "queued",
            "conclusion": run.conclusion if done else None,
            "head_branch": run.head_branch,
            "head_sha": run.head_sha,
            "head_repository": {"full_name": NAME, "owner": {"login": "acme"}, "fork": False},
            "html_url": f"https://github.test/{NAME}/actions/runs/{run.id}",
        }
        with self._job("main"):
            return self._happens(
                "workflow_run",
                {"action": action, "workflow_run": payload},
                "loadstone-deliver.yml",
                self.fake.state.next_id(),
            )

    def commented(self, login: str, body: str) -> tuple[ActRun, Comment]:
        """Somebody comments on the pull request, and the workflow of commands hears it."""
        comment = self.fake.state.comment(NAME, NUMBER, login, body)
        payload = {
            "action": "created",
            "issue": {"number": NUMBER, "state": "open", "pull_request": {}},
            "comment": {
                "id": comment.id,
                "body": body,
                "created_at": stamp(time.time() + 1),
                "user": {"login": login, "type": "User"},
            },
        }
        with self._job("main"):
            ran = self._happens(
                "issue_comment", payload, "loadstone-commands.yml", self.fake.state.next_id()
            )
        return ran, comment

    def happened(
        self, event: str, payload: dict[str, Any], workflow: str, *, tag: str = ""
    ) -> ActRun:
        """Something else happens to the main branch, or to a tag of it."""
        head = git(self.place, "rev-parse", "HEAD")
        run = Run(id=self.fake.state.next_id(), workflow=workflow, head_sha=head, event=event)
        self.there.runs[run.id] = run
        with self._job("main") as checkout:
            if tag:
                git(checkout, "tag", tag)
            return self._happens(event, payload, workflow, run.id)

    def payload(self) -> dict[str, Any]:
        """The pull request, as an event has it."""
        pull, repository = self.pull, {"full_name": NAME, "fork": False}
        return {
            "number": NUMBER,
            "state": "open",
            "draft": False,
            "title": pull.title,
            "labels": [],
            "user": {"login": pull.user.login, "type": "User"},
            "head": {"ref": pull.head.ref, "sha": pull.head.sha, "repo": repository},
            "base": {"ref": pull.base.ref, "sha": pull.base.sha, "repo": repository},
        }

    @contextmanager
    def _job(self, branch: str) -> Iterator[Path]:
        """A checkout of a job, as the action for that leaves it: with all history."""
        checkout = self.acting.folder / f"job-{self.fake.state.next_id()}"
        git(self.place, "clone", "--quiet", self.origin, str(checkout), f"--branch={branch}")
        self.acting.repository = checkout
        yield checkout

    def _happens(self, event: str, payload: dict[str, Any], workflow: str, run: int) -> ActRun:
        self._permit(workflow)
        repository = {"full_name": NAME, "default_branch": "main", "private": False}
        ran = self.acting.happens(
            event,
            {**payload, "repository": repository, "sender": {"login": "somebody"}},
            workflow,
            GITHUB_API_URL=self.server.url,
            GITHUB_RUN_ID=str(run),
        )
        assert ran.code == 0, ran.everything
        return ran

    def _permit(self, workflow: str) -> None:
        """Give the token what the workflow asks for, and nothing else."""
        text = (self.acting.repository / ".github" / "workflows" / workflow).read_text()
        permissions: dict[str, str] = {}
        for job in yaml.safe_load(text)["jobs"].values():
            for name, level in job["permissions"].items():
                scope = name.replace("-", "_")
                permissions[scope] = max(level, permissions.get(scope, level))  # read, write
        self.fake.state.token(TOKEN, permissions=permissions)


def _host_of(docker: Docker) -> str:
    """The host's address as containers know it; a daemon's first bridge says its network alone."""
    config = "{{with index .IPAM.Config 0}}{{.Subnet}} {{.Gateway}}{{end}}"
    subnet, _, gateway = docker("network", "inspect", "bridge", "--format", config).partition(" ")
    return gateway.strip() or str(next(ipaddress.ip_network(subnet).hosts()))


@contextmanager
def hosted(docker: Docker, image: str, folder: Path) -> Iterator[Hosted]:
    """An empty repository on GitHub, cloned by its user."""
    fake, acting = FakeGithub(), Acting(docker, image, folder)
    host = _host_of(docker)
    repository = fake.state.repository(NAME)
    repository.workflows |= {MEASURING, "loadstone-main.yml"}
    repository.roles["maintainer"] = "maintain"
    for login in ("maintainer", "stranger"):
        fake.state.user(login)
    with ExitStack() as stack:
        server = stack.enter_context(serving(fake, host=host))
        origin = stack.enter_context(_git_daemon(folder / "served", host))
        made = Hosted(acting=acting, fake=fake, server=server, origin=origin)
        git(folder, "clone", "--quiet", origin, str(made.place))
        git(made.place, "switch", "--quiet", "--create", "main")
        git(made.place, "config", "user.name", "Somebody")
        git(made.place, "config", "user.email", "somebody@example.test")
        yield made


@contextmanager
def _git_daemon(folder: Path, host: str) -> Iterator[str]:
    """A bare repository that anybody may push to, and its URL."""
    git_in = folder / "mine.git"
    git_in.mkdir(parents=True)
    git(git_in, "init", "--quiet", "--bare", "--initial-branch=main")
    with socket.socket() as free:
        free.bind((host, 0))
        port = free.getsockname()[1]
    command = [*("git", "daemon", "--export-all", "--enable=receive-pack", "--reuseaddr")]
    command += [f"--listen={host}", f"--port={port}", f"--base-path={folder}", str(folder)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True) as process:
        try:
            _wait_for(host, port)
            yield f"git://{host}:{port}/mine.git"
        finally:
            os.killpg(process.pid, 15)


def _wait_for(host: str, port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection((host, port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < deadline, "Git's daemon does not answer"
            time.sleep(0.1)


def _zipped(folder: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
    return buffer.getvalue()
