"""A container that measures the pull request of a hosted repository, as a runner would start it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.action.harness.acting import git
from tests.action.harness.docker_daemon import Docker
from tests.action.harness.hosted import NAME, NUMBER, Hosted, hosted
from tests.action.harness.images import ROOT
from tests.action.harness.page import sections

SESSION = "generator "  # the first word of the log that is of a session, after the building
_PAGE = ROOT / "docs" / "tutorial" / "on-github.md"
_BRANCH = "fresh-words"


@contextmanager
def greeter(docker: Docker, image: str, folder: Path) -> Iterator[Hosted]:
    """The repository of the tutorial, with its pull request."""
    with hosted(docker, image, folder / "github") as github:
        steps = sections(_PAGE)
        for step in (step for number in "1234" for step in steps[number]):
            github.do(step)
        github.pushed(_BRANCH)
        yield github


class MeasuringContainer:
    """The container of a step. `options`: those of `docker run`, of the step and of the post step.

    `workspace`, `temporary` and `files` are the runner's directories, with a fresh checkout.
    `built`: a directory of what Go has built before, which a runner does not have.
    """

    def __init__(self, github: Hosted, place: Path, run: int, *, built: Path | None = None) -> None:
        self.workspace, self.temporary, self.files = (
            place / name for name in ("workspace", "temporary", "files")
        )
        self.temporary.mkdir(parents=True)
        self.files.mkdir()
        git(place, "clone", "--quiet", github.origin, "workspace")
        event = {"action": "opened", "number": NUMBER, "pull_request": github.payload()}
        (self.files / "event.json").write_text(json.dumps(event))
        environment = {
            "GITHUB_REPOSITORY": NAME,
            "GITHUB_RUN_ID": str(run),
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_EVENT_PATH": "/github/files/event.json",
            "GITHUB_OUTPUT": "/github/files/output",
            "GITHUB_WORKSPACE": "/github/workspace",
            "RUNNER_NAME": "here",
            "RUNNER_TEMP": "/github/temporary",
            "INPUT_TASK": "measure",
        }
        folders = [self.workspace, self.temporary, self.files]
        if built is not None:
            built.mkdir(exist_ok=True)
            environment["GOCACHE"] = f"/github/{built.name}"
            folders.append(built)
        self.options = [
            *("--workdir", "/github/workspace"),
            *(word for k, v in environment.items() for word in ("--env", f"{k}={v}")),
            *(word for each in folders for word in ("--volume", f"{each}:/github/{each.name}")),
        ]
