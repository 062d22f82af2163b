"""A component file: revisions, how a component is started, and where its metrics are."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from loadstone.formats.fields import Seconds, Spec


class PackageSource(Spec, frozen=True, kw_only=True):
    """Revisions that are versions of a Python package that ships the program."""

    name: str
    executable: str  # the script's name in the package


class BuildSource(Spec, frozen=True, kw_only=True):
    """Revisions that are commits: a command run among the files of the revision."""

    repository: str  # a path or URL
    command: list[str]
    executable: str  # path among those files after the build


class ImageSource(Spec, frozen=True, kw_only=True):
    """Revisions that are container images; `${revision}` is replaced."""

    reference: str


class Revisions(Spec, frozen=True, kw_only=True):
    """The sources of a component's revisions. A revision `path:FILE` always means that file."""

    package: PackageSource | None = None
    build: BuildSource | None = None
    image: ImageSource | None = None


class Ready(Spec, frozen=True, kw_only=True):
    """The check by which a started component counts as ready."""

    url: str
    status: int = 200
    timeout: Seconds = 30.0


class Push(Spec, frozen=True, kw_only=True):
    """The delivery of routes to a component that does not watch Kubernetes: rendered and sent.

    `template` is Jinja2 over `routes` (host, path, backend, backend_host, backend_port) and the
    component's addresses by the names of its ports; it is sent with `method` to `url`, `debounce`
    seconds after a change. There is a route for each path of each rule of the Ingress objects that
    exist now; its `path` is a prefix, its backend that of the template's copy it comes from.
    """

    url: str
    template: str
    method: str = "POST"
    content_type: str = "application/json"
    debounce: Seconds = 0.0


class Component(Spec, frozen=True, kw_only=True):
    """A file of `components/`.

    In strings `${executable}`, `${api}` (URL of the API server), `${kubeconfig}`, `${dir}` (a fresh
    directory) and `${port_name}` as `${http}` (host:port) are replaced.
    """

    component: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]*$")]
    about: str
    role: str
    revisions: Revisions
    ports: list[str]
    command: list[str]
    traffic: str  # where requests are sent: `${http}`
    ready: Ready
    env: dict[str, str] = {}
    files: dict[str, str] = {}  # name in `${dir}` → content, written before the start
    push: Push | None = None
    metrics: str = ""  # URL of a Prometheus page
    scrape: dict[str, str] = {}  # quantity alias → a series, as `name{label="value"}`
    pprof: str = ""  # URL of the /debug/pprof directory
    version: list[str] = []  # command that prints the program's version
    stop_timeout: Seconds = 5.0
