"""Workflows run by act, with the container action in the place where a user names it.

What act does otherwise than GitHub's runner, and this harness makes up for: it fetches actions from
the network, so those of others are stand-ins; it names the repository after a remote, so that is
said; it skips checkouts, so the workspace is the repository itself; and it does not know
permissions, concurrency and environments, so nothing here says anything of those.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loadstone.scaffold import drafts
from tests.action.harness.docker_daemon import Docker
from tests.action.harness.images import PLACE, ROOT, python

PATIENCE = 60.0  # s until a container is gone
COMMIT = "5" * 40  # that users' workflows pin the action to
ACTION = f"acme/loadstone@{COMMIT}"
PAYLOADS = Path(__file__).parents[1] / "payloads"
STAND_INS = Path(__file__).parents[1] / "stand_ins"
AUTHOR = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.test")


@dataclass(frozen=True, kw_only=True)
class ActRun:
    """A workflow that act ran: its exit code, and what it printed, line by line as JSON."""

    code: int
    lines: list[dict[str, Any]]

    @property
    def log(self) -> str:
        """What the steps themselves printed."""
        return "\n".join(line["msg"] for line in self.lines if line.get("raw_output"))

    @property
    def everything(self) -> str:
        """All messages, for when a test fails."""
        return "\n".join(str(line.get("msg", "")) for line in self.lines)

    def said(self, words: str) -> bool:
        """Whether any line, of act or of a step, has these words."""
        return words in self.everything


class Acting:
    """A repository of a user, in which events happen."""

    def __init__(self, docker: Docker, image: str, folder: Path) -> None:
        self.docker, self.folder = docker, folder
        self.repository = folder / "repository"
        self.home = folder / "home"
        self.base = python(docker)
        self.home.mkdir(parents=True)
        self._action(image)
        for name in ("checkout", "upload-artifact"):
            shutil.copytree(STAND_INS / name, folder / name)
            commit(folder / name)

    def happens(
        self, event: str, payload: str | Mapping[str, Any], workflow: str, **environment: str
    ) -> ActRun:
        """Run the workflow file for an event, whose payload is recorded or given."""
        path = self.folder / "event.json"
        if isinstance(payload, str):
            shutil.copy(PAYLOADS / f"{payload}.json", path)
        else:
            path.write_text(json.dumps(payload))
        self._clear()
        done = subprocess.run(
            [*self._command(event, workflow), *_environment(environment)],
            cwd=self.repository,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.home),
                "DOCKER_HOST": self.docker.host,
            },
            text=True,
            capture_output=True,
            check=False,
            timeout=900,
        )
        return ActRun(code=done.returncode, lines=list(_lines(done.stdout + done.stderr)))

    def _clear(self) -> None:
        """Remove what an earlier job left: act names containers after workflows and jobs.

        Its own removal does not wait for the containers of steps, whose volumes then are in use.
        """
        deadline = time.monotonic() + PATIENCE
        while (left := self._left()) and time.monotonic() < deadline:
            self.docker.run("rm", "--force", "--volumes", *left)  # refused while act removes it
            time.sleep(0.2)
        assert left == []

    def _left(self) -> list[str]:
        """The containers of act's jobs with images of these tests, of earlier versions too."""
        shown = '{{.ID}}|{{.Image}}|{{.Label "loadstone.action"}}'
        listed = self.docker("ps", "--all", "--filter=name=^act-", f"--format={shown}")
        each = (line.split("|") for line in listed.splitlines())
        return [name for name, image, ours in each if image.startswith(f"{PLACE}/") or ours]

    def _command(self, event: str, workflow: str) -> list[str]:
        act = str(Path(sys.executable).parent / "act")
        local = {
            ACTION: "action",
            drafts.CHECKOUT.partition(" ")[0]: "checkout",
            drafts.UPLOAD.partition(" ")[0]: "upload-artifact",
        }
        return [
            *(act, event, "--json", "--bind", "--pull=false", "--no-cache-server"),
            *("--eventpath", str(self.folder / "event.json"), "--actor", "somebody"),
            *("--platform", f"ubuntu-24.04={self.base}", "--network", "bridge"),
            *("--workflows", f".github/workflows/{workflow}", "--secret", "GITHUB_TOKEN=no-token"),
            *(f"--local-repository={name}={self.folder / place}" for name, place in local.items()),
            *_environment({"GITHUB_REPOSITORY": "acme/mine"}),
        ]

    def _action(self, image: str) -> None:
        """The action as a release has it: with an image instead of a Dockerfile."""
        text = (ROOT / "action.yml").read_text()
        released = re.sub(r"^  image: Dockerfile$", f"  image: docker://{image}", text, flags=re.M)
        assert released != text
        (self.folder / "action").mkdir()
        (self.folder / "action" / "action.yml").write_text(released)
        commit(self.folder / "action")


def commit(folder: Path, message: str = "A state") -> str:
    """Commit everything in a folder, made a repository where it is none; the commit's name."""
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", f"--message={message}")
    return git(folder, "rev-parse", "HEAD")


def git(folder: Path, *arguments: str) -> str:
    """The output of a Git command in a folder."""
    done = subprocess.run(
        ["git", *AUTHOR, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def _environment(said: Mapping[str, str]) -> list[str]:
    return [word for name, value in said.items() for word in ("--env", f"{name}={value}")]


def _lines(text: str) -> list[dict[str, Any]]:
    found = []
    for line in text.splitlines():
        try:
            said = json.loads(line)
        except ValueError:
            said = {"msg": line}
        found.append(said if isinstance(said, dict) else {"msg": line})
    return found
