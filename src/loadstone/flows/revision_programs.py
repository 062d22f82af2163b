"""The programs of a job: both revisions resolved, and told apart by what they run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import msgspec

from loadstone import formats
from loadstone.cluster.provider import LoadsImages, provider
from loadstone.component.revisions.pod_image import MADE_HERE
from loadstone.errors import MeasurementFailed, NothingToCompare, UsageError
from loadstone.flows.prepared_job import Job
from loadstone.flows.request import Request
from loadstone.flows.settings import cache_directory, tool_paths
from loadstone.model import Note, Revision, Side
from loadstone.model.events import Watch, progress, silent
from loadstone.model.plan import PODS
from loadstone.report.common.sentences import in_full


def resolved(job: Job, request: Request, *, watch: Watch = silent) -> Job:
    """Resolve the revisions of a job to programs; a side that is not searched has none.

    All are found before one is built, so that a name that nothing has costs no build.
    """
    from loadstone.component.revisions.resolve import commits, find, make

    component, cache = sourced(job.component, request.place), cache_directory(request.config)
    tools, pods = tool_paths(request.config), request.place == PODS
    sides = job.plan.search.sides if job.plan.search else tuple(Side)
    tell = progress(watch)
    found = {
        each.side: find(
            component,
            each.asked,
            each.side,
            cache=cache,
            image_ok=pods,
            progress=tell,
            tools=tools,
        )
        if each.side in sides
        else each
        for each in (job.plan.base, job.plan.head)
    }
    for side in sides:
        say(found[side].notes, tell)
        require_reachable(found[side], request)
    made = dict(found)
    for side in sides:
        with worded_builds():
            made[side] = make(job.component, found[side], cache=cache, progress=tell, tools=tools)
        say(made[side].notes[len(found[side].notes) :], tell)
    base, head = made[Side.BASE], made[Side.HEAD]
    known = commits(component, base, head, cache=cache)
    return replace(job, plan=replace(job.plan, base=base, head=head, commits=known))


def sourced(component: formats.Component, place: str) -> formats.Component:
    """The component with the sources that revisions may come from there: pods run images."""
    if place != PODS:
        return component
    ways = component.revisions
    built = ways.build if ways.build and ways.build.dockerfile else None
    return msgspec.structs.replace(
        component, revisions=formats.Revisions(image=ways.image, build=built)
    )


def require_reachable(found: Revision, request: Request) -> None:
    """Raise `UsageError` for an image that was made here, where nodes are given none."""
    if request.place != PODS or found.source not in MADE_HERE:
        return
    if not isinstance(provider(request.provider), LoadsImages):
        raise UsageError(
            f"the image of {found.asked} is in this machine's Docker alone, and the nodes of"
            f" `{request.provider}` get none from here",
            next_step="push it to a registry and name it: image:REGISTRY/NAME:TAG",
        )


def require_differing(base: Revision, head: Revision) -> None:
    """Raises `NothingToCompare` for the same program under two names; under one it is an A/A."""
    if base.digest and _programs(base) == _programs(head) and base.asked != head.asked:
        raise NothingToCompare(
            f"nothing to compare: {base.asked} and {head.asked} are the same program, byte for"
            f" byte (sha256 {base.digest[:16]}…)",
            next_step="to measure it against itself on purpose, name it the same way on both sides",
        )


def _programs(found: Revision) -> Mapping[str, str]:
    """The digests of all programs of a revision, by process, with what goes with each."""
    return {
        name: each.digest + _content(each.definitions)
        for name, each in {"": found, **found.others}.items()
    }


def _content(file: str) -> str:
    """The digest of a file; "" of none."""
    return hashlib.sha256(Path(file).read_bytes()).hexdigest() if file else ""


def say(notes: Sequence[Note], tell: Callable[[str], None]) -> None:
    """Each note as a line of progress."""
    for each in notes:
        tell(f"note: {in_full(each)}")


@contextmanager
def worded_builds() -> Iterator[None]:
    """In words what a build that failed was without, for whoever reads the error."""
    from loadstone.component.revisions.commit_build import BuildFailed

    try:
        yield
    except BuildFailed as error:
        without = "".join(f"\n{in_full(each)}" for each in error.lacking)
        raise MeasurementFailed(error.message + without, next_step=error.next_step) from error
