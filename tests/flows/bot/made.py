"""What the bot's flows are tested with: repositories of Git, sessions as artifacts, results."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from loadstone import __version__
from loadstone.action.inputs import ActionInputs
from loadstone.action.runner import RunnerContext
from loadstone.bot import events
from loadstone.flows import output_directory
from loadstone.flows.artifact import received
from loadstone.flows.bot.context import BotContext
from loadstone.formats.configuration import Config
from loadstone.model import (
    Case,
    CasePlan,
    Direction,
    Environment,
    Metric,
    MetricSource,
    Plan,
    Policy,
    Record,
    Revision,
    Run,
    Shard,
    Side,
)
from loadstone.plan.shards import part
from loadstone.report.comment import Result
from loadstone.store.rounds import RoundLog
from tests.fakes.github.state import Artifact
from tests.github.conftest import NAME, TOKEN, World
from tests.store.untrusted import artifacts
from tests.store.untrusted.artifacts import zipped

NOW = "2026-11-20T10:00:30+00:00"
MACHINE = Environment(provider="memory", harness=__version__, key="machine", facts={"cores": 2})
CASES = [f"s/n={n}" for n in (1, 2)]
GIT = ("git", "-c", "user.name=a", "-c", "user.email=a@example.test")


def git(root: Path, *words: str) -> str:
    done = subprocess.run([*GIT, *words], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def repository(root: Path) -> Path:
    """A repository on `main`, with nothing in it yet."""
    root.mkdir(parents=True, exist_ok=True)
    git(root, "init", "--quiet", "--initial-branch=main")
    return root


def commit(root: Path, *, tag: str = "") -> str:
    git(root, "commit", "--quiet", "--allow-empty", "--message", tag or "a change")
    if tag:
        git(root, "tag", "--annotate", "--message", tag, tag)
    return git(root, "rev-parse", "HEAD")


def plan(*, base: tuple[str, str], head: tuple[str, str], **changes: Any) -> Plan:
    """A plan between two revisions, each as what was asked for and its commit."""
    metrics = [Metric(name="p50", unit="s", direction=Direction.LOWER, margin=0.05)]
    made = Plan(
        component="c",
        asked="c",
        provider="memory",
        tier="quick",
        base=_revision(Side.BASE, base),
        head=_revision(Side.HEAD, head),
        cases=[
            CasePlan(
                case=Case(scenario="s", axes={"n": n}),
                metrics=metrics,
                estimate=5.0,
                sources={"p50": MetricSource(quantity="latency.p50")},
            )
            for n in (1, 2)
        ],
        policy=Policy(looks=(4,)),
        seed=1,
        scenarios=("s",),
    )
    return replace(made, **changes)


def _revision(side: Side, said: tuple[str, str]) -> Revision:
    asked, sha = said
    return Revision(side=side, asked=asked, label=asked, commit=sha, digest=sha + "0" * 24)


def session(
    made: Plan, folder: Path, *, change: float = 1.0, level: float = 0.01, noise: float = 0.001
) -> Path:
    """What a machine has left of a session: its plan and its rounds, head slower by a factor."""
    folder.mkdir(parents=True)
    started = "2026-11-20T09:00:00+00:00"
    record = Record(plan=made, environment=MACHINE, runs=(), started=started)
    output_directory.begin(record, folder)
    log = RoundLog.create(folder / output_directory.ROUNDS, made)
    for each in runs(made, change, level, noise):
        log.append(each)
    return folder


def runs(made: Plan, change: float, level: float, noise: float) -> list[Run]:
    return [
        Run(
            case=case.case.name,
            side=side,
            round=number,
            order=order,
            started=f"2026-11-20T09:0{number}:00+00:00",
            seconds=30.0,
            values={"p50": value},
            quantities={"latency.p50": value},
        )
        for number in range(1, 5)
        for case in part(made).cases
        for order, side in enumerate(Side)
        for value in [
            level
            * (change if side is Side.HEAD else 1.0)
            * (1 + noise * ((number * 7 + 3 * order) % 5))
        ]
    ]


def upload(
    world: World,
    run: int,
    folder: Path | None,
    *,
    attempt: int = 1,
    part: str = "",
    claims: Mapping[str, Any] | None = None,
) -> None:
    """Put what a measuring job leaves into the artifacts of a run on the fake."""
    place = "component-1"
    said = {"components": {place: claims or {"minutes": 8.0}}}
    contents = {"measured.json": msgspec.json.encode(said)}
    if folder is not None:
        inside = [path for path in folder.rglob("*") if path.is_file()]
        contents |= {f"{place}/{each.relative_to(folder)}": each.read_bytes() for each in inside}
    number = world.fake.state.next_id()
    name = f"loadstone-{run}-{attempt}{part}"
    world.repository.artifacts[number] = Artifact(
        id=number, run=run, name=name, data=zipped(contents)
    )


def shards(made: Plan, of: int) -> list[Plan]:
    return [replace(made, shard=Shard(number=number, of=of)) for number in range(1, of + 1)]


def result(tmp_path: Path, change: float = 1.5) -> Result:
    """A result of a pull request, as it is judged from an artifact."""
    path, files = tmp_path / "artifact.zip", tmp_path / "files"
    path.write_bytes(
        zipped(artifacts.files(**{"rounds.jsonl": artifacts.lines(artifacts.runs(change))}))
    )
    found = received([path], artifacts.plan(), files=files)
    assert found.record is not None
    return Result(record=found.record)


def context(
    root: Path,
    config: Config,
    *,
    name: str,
    payload: dict[str, Any],
    ref: str = "refs/heads/main",
    run: int = 500,
    run_id: int | None = None,
) -> BotContext:
    """The context of a task that a workflow runs for an event."""
    inputs = ActionInputs(task="store", token=TOKEN, run_id=run_id)
    payload = {"repository": {"default_branch": "main"}, **payload}
    return BotContext(
        event=events.parse(name, payload),
        config=config,
        inputs=inputs,
        run=runner(root, name=name, payload=payload, ref=ref, run=run),
        now=NOW,
        repository=root,
        token=TOKEN,
    )


def runner(
    root: Path, *, name: str, payload: Mapping[str, Any], ref: str, run: int, url: str = ""
) -> RunnerContext:
    """A step of a run for an event, in a checkout. `url`: of the API."""
    return RunnerContext(
        repository=NAME,
        run=run,
        attempt=1,
        job="job",
        runner="runner",
        event_name=name,
        event=payload,
        sha=git(root, "rev-parse", "HEAD"),
        ref=ref,
        workspace=root,
        temporary=root.parent,
        api_url=url,
        server_url="https://github.test",
    )
