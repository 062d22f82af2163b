"""A component file: revisions, how a component is started, and where its metrics are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta

from loadstone.formats.access import Certificate, ComponentCredentials
from loadstone.formats.fields import Seconds, Spec
from loadstone.formats.fill import as_text
from loadstone.formats.kubernetes import Kubernetes
from loadstone.formats.process import Process, ProcessFields, Ready, Scraped
from loadstone.formats.revisions import Revisions
from loadstone.formats.workload import Name, Template
from loadstone.model import Scalar

ALONE = ""  # the name of the process of a component that has only one


class Push(Spec, frozen=True, kw_only=True):
    """The delivery of routes to a component that does not watch Kubernetes: rendered and sent.

    `template` is Jinja2 over `routes` (host, path, backend, backend_host, backend_port,
    backend_protocol) and the component's addresses by the names of its ports; it is sent with
    `method` to `url`, `debounce` seconds after a change. There is a route for each path of each
    rule of the Ingress objects that exist now; its `path` is a prefix, its backend that of the
    template's copy it comes from, and `backend_protocol` the `appProtocol` of the Service of that
    name (the first of its ports that has one), as `kubernetes.io/h2c`, or "".
    """

    url: str
    template: str
    method: str = "POST"
    content_type: str = "application/json"
    debounce: Seconds = 0.0


class SecureTraffic(Spec, frozen=True, kw_only=True):
    """The address at which a component takes requests over TLS.

    `ca` is a file of the certificates that its own is held to, as `${dir}/cert.pem`; without one
    nothing is checked, and the report says so.
    """

    address: str
    ca: str = ""


class NetworkAnswers(Spec, frozen=True, kw_only=True):
    """The addresses in a component's own network at which a server of ours answers, for pods.

    Every address of the IPv4 `network` is there, and at its `ports` each request is answered with
    200; the header `x-upstream` says at which address and port it came in.
    """

    network: str
    ports: Annotated[list[Annotated[int, Meta(ge=1, le=65535)]], Meta(min_length=1)]


class Component(ProcessFields, frozen=True, kw_only=True):
    """A file of `components/`.

    Of one process, whose `command`, `ready` and so on stand in the file itself, or of several, each
    an entry of `processes`: started in their order, each once the one before it is ready, and ended
    in reverse. `measured` names the one that `revisions` are of, where more than one has none of
    its own.

    In strings `${executable}`, `${api}` (URL of the API server), `${kubeconfig}`, `${namespace}`,
    `${dir}` (a fresh directory) and `${port_name}` as `${http}` (host:port) are replaced;
    `${port_name_port}` is the number alone, and `$${` stands for `${`. So are the names of
    `settings`, each by its value here or the one that a scenario gives it.

    With `api` the component is the API server: objects are made there, and `${api}` and
    `${kubeconfig}` lead there. With `network: own` it runs in a network namespace, in which
    `answers` stand for what it may lead traffic to.

    `promql` is asked of the `prometheus` when the measured window is over. There `${window}`,
    `${start}`, `${end}` and `${target}` (the labels of what is measured) are replaced as well.
    """

    component: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]*$")]
    about: str
    role: str
    settings: dict[Name, Scalar] = {}
    revisions: Revisions
    processes: dict[str, Process] = {}
    measured: str = ""
    command: list[str] = []
    ready: Ready | None = None
    # what has to be in the cluster before it starts, such as the definitions of its kinds
    objects: list[dict[str, Any]] = []
    # its own, for scenarios whose `given` names them: `object` is one of the kind it works on
    templates: dict[Name, Template] = {}
    traffic: str = ""  # where requests are sent: `${http}`
    secure_traffic: SecureTraffic | None = None  # of a load with `tls`
    # what requests may be that it does not take, and why: `plan` refuses a scenario that sends such
    refuses: dict[str, str] = {}
    push: Push | None = None
    api: str = ""  # URL of the API server that it is itself
    certificates: dict[str, Certificate] = {}
    credentials: ComponentCredentials = ComponentCredentials()
    network: Literal["shared", "own"] = "shared"
    kubernetes: Kubernetes | None = None  # how it is deployed where it runs as pods
    answers: NetworkAnswers | None = None
    prometheus: str = ""  # URL of a Prometheus that scrapes it
    promql: dict[Name, str] = {}  # quantity alias → a query that is answered by one number
    # metric of a scenario that does not gate with this component → why, which reports say
    reported: dict[Name, str] = {}

    def settled(self, given: Mapping[str, Scalar]) -> dict[str, str]:
        """Its settings as text, with the values that are given in place of its own."""
        values = {**self.settings, **given}
        return {name: as_text(values[name]) for name in self.settings}

    def started(self) -> Mapping[str, Process]:
        """Its processes by name, in the order of their start; one that is alone is `ALONE`."""
        if self.processes or self.ready is None:
            return self.processes
        shared = {name: getattr(self, name) for name in ProcessFields.__struct_fields__}
        return {ALONE: Process(command=self.command, ready=self.ready, **shared)}

    def compared(self) -> list[str]:
        """The processes that run the program which is compared, in their order."""
        return [name for name, each in self.started().items() if each.revisions is None]

    def alone(self, process: str) -> Component:
        """The component as one of its processes alone, with the revisions that this one has."""
        if not self.processes:
            return self
        one = self.processes[process]
        shared = {name: getattr(one, name) for name in ProcessFields.__struct_fields__}
        return Component(
            component=self.component if one.revisions is None else f"{self.component}-{process}",
            about=self.about,
            role=self.role,
            revisions=one.revisions or self.revisions,
            command=one.command,
            ready=one.ready,
            **shared,
        )

    def owners(self) -> Mapping[str, str]:
        """The process that a scrape alias is of where no process is named, by alias."""
        started = self.started()
        found: dict[str, str] = {}
        for name in (self.main(), *started):
            for alias in started[name].scrape if name in started else ():
                found.setdefault(alias, name)
        return found

    def scraped(self, process: str = "") -> Mapping[str, Scraped]:
        """The series of one process, or of all where none is named, by alias."""
        if process:
            one = self.processes.get(process)
            return one.scrape if one is not None else {}
        started = self.started()
        return {alias: started[owner].scrape[alias] for alias, owner in self.owners().items()}

    def all_presets(self) -> list[str]:
        """The presets that its processes name, each once."""
        named = [name for process in self.started().values() for name in process.presets]
        return list(dict.fromkeys(named))

    def main(self) -> str:
        """The name of the process that is measured before the others."""
        return self.measured or next(iter(self.compared()), ALONE)
