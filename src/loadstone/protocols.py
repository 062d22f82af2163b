"""Protocols of a run's world: clusters, with what some of them can do, and components.

A cluster comes from `loadstone.cluster`, a running component from `loadstone.component`; `measure`
knows both by these types alone. What not every cluster can do is a type of its own and asked for by
`isinstance`: a cluster that cannot do it does not have the method, so that nothing raises late.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from loadstone.formats import Dial
from loadstone.model import Accounting, ApiAccess, Note, Revision, Scalar
from loadstone.model.padding import Padding


class Cluster(Protocol):
    """A running cluster. `version` is what its API server says of itself.

    `api` is the URL of the API server, `access` the same with the credentials of who may do
    everything that a scenario asks for; the kubeconfig has them too.
    """

    @property
    def provider(self) -> str: ...
    @property
    def api(self) -> str: ...
    @property
    def access(self) -> ApiAccess: ...
    @property
    def kubeconfig(self) -> Path: ...
    @property
    def version(self) -> str: ...

    def alive(self) -> bool:
        """Whether the API server answers."""


@runtime_checkable
class Resettable(Protocol):
    """A cluster that can be made as new between runs."""

    def reset(self) -> None:
        """As new: no objects, no watches, no dials, nothing counted."""


@runtime_checkable
class HasControllers(Protocol):
    """A cluster whose controllers run: Deployments make pods, namespaces go with what they hold."""

    @property
    def controllers(self) -> Sequence[str]:
        """The names of the programs."""


@runtime_checkable
class Scalable(Protocol):
    """A cluster that has as many nodes as wanted."""

    def scale(self, nodes: int) -> None:
        """So many nodes, all of them Ready, and no others. Raises `ClusterFailed`."""


@runtime_checkable
class RealEndpoints(Protocol):
    """A cluster that takes no endpoint on the loopback, as a real API server does."""

    @property
    def endpoint_host(self) -> str:
        """An address of this machine that it takes. Raises `UsageError` where there is none."""


@runtime_checkable
class SharedCluster(Protocol):
    """A cluster of somebody else's, of which one namespace is ours."""

    @property
    def namespace(self) -> str: ...

    def place(
        self, item: Mapping[str, Any], *, namespaced: bool, collection: str
    ) -> Mapping[str, Any]:
        """The object as it may be made here. Raises `UsageError` for one that may not be.

        `collection`: the path of the objects of its kind, in all namespaces.
        """


class ApiReply(Protocol):
    """An answer of an API server: its status, and the object in its body ({} for none)."""

    @property
    def status(self) -> int: ...
    @property
    def body(self) -> dict[str, Any]: ...
    @property
    def good(self) -> bool: ...
    @property
    def message(self) -> str: ...


class ApiCaller(Protocol):
    """A client of an API server, safe to use from threads.

    Raises `ClusterFailed` where nothing is answered.
    """

    def ask(self, method: str, path: str, body: Any = None, *, content_type: str = ...) -> ApiReply:
        """Send one request, whatever is answered."""

    def text(self, path: str) -> str:
        """What is at a path that has no object, as a log; "" where there is nothing."""


@runtime_checkable
class OwnNamespace(SharedCluster, Protocol):
    """A namespace of ours in a cluster, to which components are deployed."""

    @property
    def api(self) -> str: ...
    @property
    def kubeconfig(self) -> Path: ...
    @property
    def client(self) -> ApiCaller: ...


@runtime_checkable
class RunsPods(Protocol):
    """A cluster of our own whose pods run: on one node what is measured, on another the load."""

    @property
    def measured_on(self) -> Mapping[str, str]:
        """The node selector of what is measured."""

    @property
    def load_on(self) -> Mapping[str, str]:
        """The node selector of load: the same node only where there is one in all."""

    @property
    def load_tolerations(self) -> Sequence[Mapping[str, str]]:
        """The tolerations without which no pod is let onto the node that is kept for load."""

    def local_image(self, image: str) -> str:
        """The identity of an image of the local daemon, "" for one that it has not."""

    def load_image(self, image: str, *, of_load: bool = False) -> None:
        """Have an image of the local daemon on every node. Raises `ClusterFailed`.

        With `of_load`, on those that are kept for load, where there are any.
        """

    def load_archive(self, archive: Path) -> None:
        """Have the images in a file of `docker save` on every node. Raises `ClusterFailed`."""


@runtime_checkable
class HasAuditLog(Protocol):
    """A cluster whose API server logs what it is asked, whoever asks and from wherever."""

    def audited(self, users: str = "") -> Accounting:
        """The requests since the last emptying by users whose name begins with `users`.

        Without the programs of the cluster itself, and without bytes and events, which no audit log
        has. A service account's name is `system:serviceaccount:<namespace>:<name>`.
        """


@runtime_checkable
class Dialable(Protocol):
    """A cluster whose API server fails or delays requests on demand."""

    def dial(self, dials: Sequence[Dial]) -> None:
        """Replace the faults and delays; raises `ClusterFailed` where that cannot be done."""


@runtime_checkable
class Accountable(Protocol):
    """A cluster whose API server counts every request by client."""

    def accounting(self) -> Accounting:
        """The requests that the API server got since it started or was last emptied."""


@dataclass(frozen=True, kw_only=True)
class ContainerUsage:
    """The usage of a container that runs elsewhere, at a moment by the clock of its node.

    `cpu`: seconds since it started; `working_set`: bytes that the kernel counts for it and cannot
    give to others at once; `anon`: bytes of it that are no pages of files.
    """

    stamp: float  # s since 1970, there
    cpu: float
    working_set: int
    anon: int


class RunningProcess(Protocol):
    """A process of a component that is up. `name` is that of its file, "" where it is alone.

    `pid`: on this machine, None of one that is elsewhere. `start_seconds`: from its start to its
    first right answer on the ready URL.
    """

    @property
    def name(self) -> str: ...
    @property
    def pid(self) -> int | None: ...
    @property
    def start_seconds(self) -> float: ...

    def exited(self) -> int | None:
        """The exit status, or None while it runs."""

    def fill(self, text: str) -> str:
        """A string of the component file with this component's addresses."""

    def tail(self, lines: int = 20) -> str:
        """The end of what it printed."""

    def usage(self) -> ContainerUsage | None:
        """What it has used, as its node knows it; None where that is not known."""


class RunningComponent(Protocol):
    """A component that is up. `names` are the `${…}` of its file, its addresses among them.

    `processes`: in the order of their start. `start_seconds`: from the start of the first one to
    the last one's first right answer on its ready URL. `access`: what its https URLs want to be
    shown, with the `url` of the API server that it is itself, or "". `network`: the file that names
    the network namespace that it has for itself, or "". `notes`: what there is to say of this
    start.
    """

    @property
    def processes(self) -> Sequence[RunningProcess]: ...
    @property
    def names(self) -> Mapping[str, str | int]: ...
    @property
    def start_seconds(self) -> float: ...
    @property
    def access(self) -> ApiAccess: ...
    @property
    def network(self) -> str: ...
    @property
    def notes(self) -> Sequence[Note]: ...

    def reasons(self) -> Sequence[Note]:
        """Why this run of it does not count, as far as where it runs can tell."""

    def ended(self) -> RunningProcess | None:
        """A process that has ended though nobody asked it to; None while all run."""

    def fill(self, text: str) -> str:
        """A string of the component file with this component's addresses."""


@runtime_checkable
class RememberingComponent(Protocol):
    """A component whose node tells afterwards what a run was like for it."""

    def afterwards(self) -> Sequence[Note]:
        """What there is to say of the run, before it is ended."""


@runtime_checkable
class Restartable(Protocol):
    """A component whose processes can be ended and started again where they were."""

    def halt(self, process: str, *, kill: bool, seen: Callable[[int], None]) -> None:
        """End a process in good order, or with `kill` at once; it has not ended by itself then.

        `seen` is called with its pid when it has ended, and its clocks can still be read.
        """

    def start_again(self, process: str) -> float:
        """Start a process that was halted; seconds to its first right answer on the ready URL.

        Raises `ComponentFailed`.
        """


@runtime_checkable
class Severable(Protocol):
    """A component that can be cut off from everything outside its network namespace."""

    def sever(self, *, severed: bool) -> None:
        """Cut it off, or let it be reached again. Raises `UsageError` without such a namespace."""


class StartComponent(Protocol):
    """A function that starts a revision of one component against a cluster."""

    def __call__(
        self,
        revision: Revision,
        cluster: Cluster,
        *,
        workdir: Path,
        padding: Padding,
        settings: Mapping[str, Scalar],
    ) -> AbstractContextManager[RunningComponent]:
        """The component, up and ready; ended on leaving. Raises `ComponentFailed`.

        `padding`: by how much its environment and arguments are longer in this run. `settings`:
        of the component, in place of the values of its file.
        """
