"""Teardown of what a job left in Docker, found by labels and names and by no state of ours.

It runs in a container of its own after the job's steps, whatever became of them. A step whose
client was killed leaves its container running, so that is looked for too: it is the runner's, and
is known by the label of our image and by the run, attempt and runner in its environment.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from loadstone.action.runner import run_label
from loadstone.errors import LoadstoneError, MissingTool
from loadstone.system import processes

RUN, RUNNER = "loadstone.run", "loadstone.runner"  # labels on all that a job starts in Docker
CLUSTER = "io.x-k8s.kind.cluster"  # kind's own label, whose value is the cluster's name
STEP = "loadstone.action"  # the label of our image, and so of a step's container
CLEANUP = "loadstone-cleanup.sh"  # what a container of a teardown runs


def job_of(environment: Mapping[str, str]) -> JobIdentity | None:
    """The job in whose environment we are; None where it is no job's."""
    said = environment.get
    run = said("GITHUB_RUN_ID", "")
    if not run.isdecimal() or not int(run):
        return None
    attempt, runner = int(said("GITHUB_RUN_ATTEMPT") or 1), said("RUNNER_NAME", "")
    return JobIdentity(run=int(run), attempt=attempt, runner=runner)


@dataclass(frozen=True, kw_only=True)
class JobIdentity:
    """What tells a job's things from those of others on the same machine.

    Several runners may share a machine and its Docker, and a run's shards be on two of them.
    """

    run: int
    attempt: int
    runner: str  # its name

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels of every container, network and volume that the job starts."""
        digest = hashlib.sha256(self.runner.encode()).hexdigest()[:6]
        return {RUN: run_label(self.run, self.attempt), RUNNER: digest}

    @property
    def cluster(self) -> str:
        """The name of a cluster of the job, or what it begins with: kind sets no labels of ours."""
        return f"loadstone-{'-'.join(self.labels.values())}"


class _Settings(msgspec.Struct, frozen=True, rename="pascal"):
    env: list[str] | None = None
    labels: dict[str, str] | None = None
    entrypoint: list[str] | None = None


class ContainerFacts(msgspec.Struct, frozen=True, rename="pascal"):
    """A container as `docker inspect` tells it."""

    id: str
    config: _Settings


def teardown(job: JobIdentity) -> list[str]:
    """Remove the job's containers, images, networks and volumes, and name them.

    Where no daemon answers nothing can have been left in it. Raises `LoadstoneError` where
    something would not go, after the rest.
    """
    try:
        _docker("version", "--format", "{{.Server.Version}}")
    except (MissingTool, processes.CommandFailed):
        return []
    gone: list[str] = []
    stuck: list[str] = []
    containers = left(_containers(), job)
    for kind, remove, names in (
        ("container", ("rm", "--force", "--volumes"), [each.id for each in containers]),
        ("image", ("image", "rm", "--force"), _labelled("image", job)),
        ("network", ("network", "rm"), _labelled("network", job)),
        ("volume", ("volume", "rm", "--force"), _labelled("volume", job)),
    ):
        for name in names:
            try:
                _docker(*remove, name)
                gone.append(f"{kind} {name[:12]}")
            except processes.CommandFailed as error:
                stuck.append(error.message)
    if stuck:
        raise LoadstoneError("\n".join(stuck), next_step="docker ps --all, and remove it by hand")
    return gone


def left(containers: Sequence[ContainerFacts], job: JobIdentity) -> list[ContainerFacts]:
    """Those of the containers that the job left: what it started, and steps that run on."""
    return [each for each in containers if _started(each, job) or _step(each, job)]


def _started(container: ContainerFacts, job: JobIdentity) -> bool:
    labels = container.config.labels or {}
    cluster = labels.get(CLUSTER, "")
    ours = cluster == job.cluster or cluster.startswith(f"{job.cluster}-")
    return ours or job.labels.items() <= labels.items()


def _step(container: ContainerFacts, job: JobIdentity) -> bool:
    labels, begun = container.config.labels or {}, container.config.entrypoint or []
    if STEP not in labels or any(word.endswith(CLEANUP) for word in begun):
        return False  # another action's, or a teardown, which this is
    said = dict(entry.partition("=")[::2] for entry in container.config.env or ())
    return (
        said.get("GITHUB_RUN_ID") == str(job.run)
        and said.get("GITHUB_RUN_ATTEMPT", "1") == str(job.attempt)
        and said.get("RUNNER_NAME", "") == job.runner
    )


def _containers() -> list[ContainerFacts]:
    """All containers. One that goes away meanwhile is left out."""
    found: list[ContainerFacts] = []
    for identifier in _docker("ps", "--all", "--quiet", "--no-trunc").split():
        try:
            text = _docker("inspect", "--type", "container", identifier)
        except processes.CommandFailed:
            continue
        found += msgspec.json.decode(text, type=list[ContainerFacts])
    return found


def _labelled(kind: str, job: JobIdentity) -> Iterator[str]:
    filters = [f"--filter=label={name}={value}" for name, value in job.labels.items()]
    yield from _docker(kind, "ls", "--quiet", *filters).split()


def _docker(*arguments: str) -> str:
    return processes.run(["docker", *arguments], timeout=60).stdout
