"""The start of a component: its processes one after the other, each ready before the next."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from types import MappingProxyType

from loadstone import formats
from loadstone.component.own_network import OwnNetwork, own_network
from loadstone.component.page_cache import settle
from loadstone.component.process import ProcessLaunch, ready
from loadstone.component.started import StartedComponent
from loadstone.errors import ComponentFailed, UsageError
from loadstone.formats.fill import fill_text
from loadstone.model import ApiAccess, Revision, Scalar
from loadstone.model.padding import NONE, Padding
from loadstone.protocols import Cluster, SharedCluster
from loadstone.system import certificates
from loadstone.system.certificates import CertificateRequest
from loadstone.system.kubeconfig import write_kubeconfig

KUBECONFIG = "kubeconfig"  # in `${dir}`: of a component that is its own API server
_ATTEMPTS = 3  # a free port may be taken between finding and using it
_PORT_TAKEN = ("address already in use", "eaddrinuse")


@contextmanager
def start(
    component: formats.Component,
    revision: Revision,
    cluster: Cluster,
    *,
    workdir: Path,
    padding: Padding = NONE,
    settings: Mapping[str, Scalar] = MappingProxyType({}),
) -> Iterator[StartedComponent]:
    """Start a component on free ports of this machine, in the empty directory `workdir`.

    `padding`: by how much its environment and arguments are longer in this run. `settings`: in
    place of the values of its file. On leaving, the processes are ended in the reverse of their
    order.

    Raises `ComponentFailed` when one ends early or is not ready in time, with the end of its log
    and the command that shows it; `UsageError` for a revision that is no program.
    """
    programs = _programs(component, revision)
    for program in sorted(set(programs.values())):
        with suppress(OSError):  # a program that cannot be read says so when it is started
            settle(Path(program))
    for attempt in range(_ATTEMPTS):
        directory = workdir / padding.directory(f"component-{attempt}")
        directory.mkdir(parents=True)
        with ExitStack() as stack:
            addresses = _free_addresses(component)
            names = {
                **component.settled(settings),
                **_names(component, cluster, directory, addresses),
            }
            access = _access(component, names)
            _write_files(component, names, programs, access)
            try:
                network = _network(component, cluster, addresses, directory, stack)
                launches = _launches(component, names, programs, padding, access, network)
                begun = time.monotonic()
                running = [ready(each, stack) for each in launches]
            except ComponentFailed:
                stack.close()  # their last words are among those that are read
                if attempt + 1 < _ATTEMPTS and _port_was_taken(directory):
                    continue
                raise
            with ThreadPoolExecutor(1, thread_name_prefix="starter") as starter, stack:
                yield StartedComponent(
                    launches=launches,
                    running=running,
                    names={**names, "executable": programs[component.main()]},
                    start_seconds=time.monotonic() - begun,
                    access=access,
                    own_network=network,
                    stack=stack,
                    starter=starter,
                )
            return


def _programs(component: formats.Component, revision: Revision) -> dict[str, str]:
    """The program of each process. Raises `UsageError` for one that is no program."""
    found = {}
    for name, process in component.started().items():
        given = revision if process.revisions is None else revision.others[name]
        if not given.executable:
            raise UsageError(
                f"{given.asked} is a container image; this provider runs programs",
                next_step="name a version, a path or a commit, or another --provider",
            )
        found[name] = str(Path(given.executable).absolute())
    return found


def _free_addresses(component: formats.Component) -> dict[str, str]:
    """An address for each port of all processes."""
    ports = [port for process in component.started().values() for port in process.ports]
    with ExitStack() as stack:  # all held at once, so that no two get the same
        sockets = {port: stack.enter_context(closing(socket.socket())) for port in ports}
        for each in sockets.values():
            each.bind(("127.0.0.1", 0))
        return {port: f"127.0.0.1:{each.getsockname()[1]}" for port, each in sockets.items()}


def _names(
    component: formats.Component, cluster: Cluster, directory: Path, addresses: Mapping[str, str]
) -> dict[str, str | int]:
    namespace = cluster.namespace if isinstance(cluster, SharedCluster) else "default"
    names: dict[str, str | int] = {"dir": str(directory), "namespace": namespace, **addresses}
    names |= {f"{port}_port": at.rpartition(":")[2] for port, at in addresses.items()}
    if component.api:
        own = {"api": fill_text(component.api, names), "kubeconfig": str(directory / KUBECONFIG)}
        return {**names, **own}
    return {**names, "api": cluster.api, "kubeconfig": str(cluster.kubeconfig)}


def _access(component: formats.Component, names: Mapping[str, str | int]) -> ApiAccess:
    shown = component.credentials
    return ApiAccess(
        url=str(names["api"]) if component.api else "",
        ca_file=fill_text(shown.ca, names),
        cert_file=fill_text(shown.cert, names),
        key_file=fill_text(shown.key, names),
        token_file=fill_text(shown.token, names),
    )


def _write_files(
    component: formats.Component,
    names: Mapping[str, str | int],
    programs: Mapping[str, str],
    access: ApiAccess,
) -> None:
    """The certificates, the way to its own API, and the files of every process."""
    directory = Path(str(names["dir"]))
    if component.certificates:
        certificates.write(_requests(component), directory)
    if component.api:
        write_kubeconfig(directory / KUBECONFIG, access, name=component.component)
    for name, process in component.started().items():
        own = {**names, "executable": programs[name]}
        for file, content in process.files.items():
            path = (directory / file).resolve()
            if not path.is_relative_to(directory.resolve()):
                raise UsageError(f"components/{component.component}: file {file} leaves ${{dir}}")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(fill_text(content, own))


def _requests(component: formats.Component) -> dict[str, CertificateRequest]:
    return {
        name: CertificateRequest(
            common_name=each.common_name or name,
            groups=tuple(each.groups),
            hosts=tuple(each.hosts),
        )
        for name, each in component.certificates.items()
    }


def _network(
    component: formats.Component,
    cluster: Cluster,
    addresses: Mapping[str, str],
    directory: Path,
    stack: ExitStack,
) -> OwnNetwork | None:
    """The network that the component has for itself; `stack` ends it."""
    if component.network == "shared":
        return None
    api = "" if component.api else cluster.api
    return stack.enter_context(
        own_network(addresses, api, directory=directory, answers=component.answers)
    )


def _launches(
    component: formats.Component,
    names: Mapping[str, str | int],
    programs: Mapping[str, str],
    padding: Padding,
    access: ApiAccess,
    network: OwnNetwork | None,
) -> list[ProcessLaunch]:
    return [
        ProcessLaunch(
            component=component.component,
            name=name,
            process=process,
            names={**names, "executable": programs[name]},
            directory=Path(str(names["dir"])),
            padding=padding,
            access=access,
            network=network,
        )
        for name, process in component.started().items()
    ]


def _port_was_taken(directory: Path) -> bool:
    for log in directory.glob("*.log"):
        with suppress(OSError):
            printed = "\n".join(log.read_text(errors="replace").splitlines()[-200:]).lower()
            if any(sign in printed for sign in _PORT_TAKEN):
                return True
    return False
