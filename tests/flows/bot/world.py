"""A repository with a pull request: real Git, builds and sessions, made-up measuring."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from contextlib import chdir
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loadstone.action.inputs import ActionInputs
from loadstone.action.runner import RunnerContext
from loadstone.flows.bot.measure import DIRECTORY, measure
from loadstone.flows.task_result import TaskResult
from loadstone.model import Design, Run, Side
from tests.component.repositories import git
from tests.e2e.command import PLANTED

NAME, FORK = "octo/widget", "ada/widget"
NUMBER, RUN = 17, 880001
BRANCH = "change"
_BUILD = """\
mkdir out
printf '#!/bin/sh\\n# %s\\n' "$(cat $1)" > out/planted
chmod +x out/planted
"""
_CONFIG = """\
component: {component}
scenario: perf/scenario.yaml
tier: quick
case: "{case}"
baselines: directory:{root}/baselines
cache: {root}/cache
"""


def made_up(seconds: float = 1.0, *, stop_after: int = 0) -> Any:
    """Made-up runs: 40 % slower where the program says `slow`, and a little noise.

    Where it says `shaky`, the last case swings from round to round, and shows nothing for sure.
    """

    def measured(inputs: Any, next_slots: Any, *, on_run: Any, done: Any, events: Any) -> Any:
        runs = list(done)
        while slots := next_slots(runs):
            for slot in slots:
                if stop_after and len(runs) >= stop_after:
                    raise KeyboardInterrupt
                revision = inputs.plan.base if slot.side is Side.BASE else inputs.plan.head
                program = Path(revision.executable).read_text()
                factor = 1.4 if "slow" in program else 1.0
                if "shaky" in program and slot.case == inputs.plan.cases[-1].case.name:
                    factor = (1.3, 0.85, 1.25, 0.9)[slot.round % 4]
                noise = 1 + 0.004 * (((slot.round * 7 + len(slot.case)) % 5) - 2)
                noise += 0.003 * (slot.side is Side.HEAD) * (-1) ** slot.round
                plan = next(each for each in inputs.plan.cases if each.case.name == slot.case)
                names = {source.quantity for source in plan.sources.values()}
                names |= {source.per for source in plan.sources.values() if source.per}
                quantities = dict.fromkeys(names, 1000.0)
                for place, name in enumerate(("p50", "p90", "p99", "p999"), start=1):
                    quantities[f"latency.{name}"] = 0.05 * place * factor * noise
                for name in names:
                    if "errors" in name or "wrong" in name:
                        quantities[name] = 0.0
                run = Run(
                    case=slot.case,
                    side=slot.side,
                    round=slot.round,
                    order=slot.order,
                    started=f"2026-11-20T10:{slot.round:02}:00+00:00",
                    seconds=seconds,
                    values={
                        metric: value
                        for metric, source in plan.sources.items()
                        if (value := source.value(quantities)) is not None
                    },
                    quantities=quantities,
                    design=slot.design if slot.design is Design.MIXED else Design.SOLO,
                    lane=slot.lane,
                )
                runs.append(run)
                on_run(run)
        return runs

    return measured


@dataclass
class Project:
    """A repository on this machine: `main`, and a branch that a pull request is made of."""

    root: Path
    base: str = ""
    head: str = ""
    components: tuple[str, ...] = ("planted",)
    config: str = ""
    files: dict[str, str] = field(default_factory=dict)

    @property
    def place(self) -> Path:
        return self.root / "repository"

    @property
    def runner(self) -> Path:
        place = self.root / "runner"
        place.mkdir(exist_ok=True)
        return place

    def create(self, *, more: str = "", case: str = "*") -> Project:
        """Write the files of `main` and commit them."""
        self.place.mkdir(parents=True)
        git(self.place, "init", "--quiet", "--initial-branch=main")
        self.write("build.sh", _BUILD)
        self.write("perf/scenario.yaml", (PLANTED / "scenario.yaml").read_text())
        for name in self.components:
            self.write(f"flags-{name}", "plain\n")
            self.write(f"perf/{name}.yaml", _component(name))
        named = "".join(f"\n  - {{name: perf/{each}.yaml}}" for each in self.components)
        component = named if len(self.components) > 1 else f"perf/{self.components[0]}.yaml"
        self.config = _CONFIG.format(component=component, root=self.root, case=case) + more
        self.write("loadstone.yaml", self.config)
        self.base = self.commit("the base")
        return self

    def write(self, name: str, text: str) -> None:
        path = self.place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def commit(self, subject: str) -> str:
        git(self.place, "add", "--all", ".")
        git(self.place, "commit", "--quiet", "--no-verify", "-m", subject)
        return git(self.place, "rev-parse", "HEAD")

    def change(self, changes: Mapping[str, str]) -> Project:
        """Commit changes on the branch of the pull request."""
        there = git(self.place, "branch", "--list", BRANCH)
        git(self.place, "checkout", "--quiet", *(() if there else ("-b",)), BRANCH)
        for name, text in changes.items():
            self.write(name, text)
        self.head = self.commit("the change")
        return self

    def trusted(self) -> Path:
        """A clone that has `main` alone, as the delivering job checks out."""
        place = self.root / "trusted"
        if not place.exists():
            git(
                self.root,
                *("clone", "--quiet", "--single-branch", "--branch=main"),
                f"file://{self.place}",
                str(place),
            )
        return place

    def context(
        self, name: str, event: Mapping[str, Any], *, workspace: Path | None = None, url: str = ""
    ) -> RunnerContext:
        return RunnerContext(
            repository=NAME,
            run=RUN,
            attempt=1,
            job="measure",
            runner="",
            event_name=name,
            event=event,
            sha=self.base,
            ref="refs/heads/main",
            workspace=workspace or self.place,
            temporary=self.runner,
            api_url=url,
            server_url="https://github.test",
        )

    def measure(
        self,
        event: Mapping[str, Any] | None = None,
        *,
        name: str = "pull_request",
        shard: tuple[int, int] | None = None,
        **how: Any,
    ) -> TaskResult:
        """Do the task `measure` for the pull request, or for another event."""
        context = self.context(name, event or pull_request(self))
        with chdir(self.place):
            return measure(
                ActionInputs(task="measure", shard=shard), context, measuring=made_up(**how)
            )

    def archive(self, changes: Mapping[str, bytes] | None = None) -> bytes:
        """What was left to upload, as GitHub packs it; `changes`: files put in their place."""
        folder = self.place / DIRECTORY
        files = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        return zipped({**files, **(changes or {})})


def zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def _component(name: str) -> str:
    build = (
        f"build: {{repository: ., command: [sh, build.sh, flags-{name}], executable: out/planted}}"
    )
    lines = [
        f"  {build}" if line.strip().startswith("build:") else line
        for line in (PLANTED / "component.yaml").read_text().splitlines()
        if not line.startswith(("# yaml", "version:"))
    ]
    return "\n".join(lines).replace("component: planted", f"component: {name}") + "\n"


def pull_request(project: Project, action: str = "synchronize", **changes: Any) -> dict[str, Any]:
    """The payload of the pull request's event."""
    pull = {
        "number": NUMBER,
        "state": "open",
        "draft": False,
        "user": {"login": "ada"},
        "labels": [],
        "head": {"ref": BRANCH, "sha": project.head, "repo": {"full_name": NAME}},
        "base": {"ref": "main", "sha": project.base, "repo": {"full_name": NAME}},
    }
    return {"action": action, "pull_request": {**pull, **changes}}


def workflow_run(project: Project, action: str = "completed", **changes: Any) -> dict[str, Any]:
    """The payload of news of the measuring run."""
    run = {
        "id": RUN,
        "run_attempt": 1,
        "name": "Loadstone",
        "event": "pull_request",
        "conclusion": "success" if action == "completed" else None,
        "head_sha": project.head,
        "head_branch": BRANCH,
        "head_repository": {"full_name": NAME},
        "html_url": f"https://github.test/{NAME}/actions/runs/{RUN}",
    }
    return {
        "action": action,
        "workflow_run": {**run, **changes},
        "repository": {"default_branch": "main"},
    }
