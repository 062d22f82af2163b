"""The task of a pod that sends a part of a load, and how a load is dealt out to pods. Pure.

Requests are dealt like those of several processes of one machine: process k of n, whichever pod it
is in, sends the requests k, k + n, k + 2n … of one schedule. What comes of it is added up by the
same rules, so nothing depends on how many pods there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from loadstone.measure.load.generator import LaneTls, LoadPlan, LoadResult, SenderState
from loadstone.measure.load.shares import merged, shared


@dataclass(frozen=True, kw_only=True)
class PodTask:
    """The task of a pod: the processes of a plan that it runs, and the files that they need."""

    plan: LoadPlan  # whose `processes` are those of all pods
    first: int = 0  # of its processes, the number
    count: int = 1  # of its processes
    authorities: Mapping[str, str] = field(default_factory=dict)  # `ca` of a lane → certificates
    generator: str = "openloop"  # or k6, whose plan is the pod's own part

    def parts(self) -> Sequence[LoadPlan]:
        """The plan of each process of the pod. Raises `UsageError`."""
        return shared(self.plan)[self.first : self.first + self.count]


@dataclass(frozen=True, kw_only=True)
class PodOutcome:
    """The outcome of a pod's task: a result for each lane, and the state of who sent it."""

    results: Sequence[LoadResult]
    sender: SenderState


def dealt(plan: LoadPlan, pods: int, authorities: Mapping[str, str]) -> Sequence[PodTask]:
    """The tasks of at most so many pods, each of which has a connection for each of its processes.

    Raises `UsageError` for a plan that not even one pod can follow.
    """
    each = plan.processes
    count = max(min(pods, plan.connections // each), 1)
    whole = replace(plan, processes=each * count)
    shared(whole)  # says what is wrong with it, before a pod is there to say so
    return [
        PodTask(plan=whole, first=number * each, count=each, authorities=authorities)
        for number in range(count)
    ]


def joined(outcomes: Sequence[PodOutcome]) -> Sequence[LoadResult]:
    """The result of each lane of what all pods sent, with that of each pod as its parts."""
    told = [
        [replace(result, sender=outcome.sender) for result in outcome.results]
        for outcome in outcomes
    ]
    whole = merged(told)
    parts = zip(*told, strict=True)
    return [replace(one, sender=None, parts=lane) for one, lane in zip(whole, parts, strict=True)]


def with_files(plan: LoadPlan, places: Mapping[str, str]) -> LoadPlan:
    """The plan with the files of certificates where they are in the pod."""
    lanes = [LaneTls(ca=places.get(each.ca, "")) for each in plan.tls]
    return replace(plan, tls=lanes)
