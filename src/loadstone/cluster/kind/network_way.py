"""The way to a cluster's API server: a port of the host, or from a container kind's own network.

kind publishes the API server on the loopback of the Docker host, where no other container gets to.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loadstone.cluster.kind.docker import NETWORK, Docker, DockerFailed
from loadstone.errors import UsageError

_INSIDE = Path("/.dockerenv")


def own_container() -> str:
    """The name by which Docker knows the container that we run in, "" where it is none."""
    return socket.gethostname() if _INSIDE.exists() else ""


@contextmanager
def joined(docker: Docker, wanted: str, container: str) -> Iterator[bool]:
    """Whether kind's network is the way, of which this container is a part until leaving.

    `wanted` as in the settings. Raises `UsageError` where there is no way as wanted.
    """
    known = bool(container) and docker.has("container", "inspect", container)
    if wanted == "kind" and not known:
        raise UsageError(
            "`network: kind` is for a container, and this is none of the Docker that has the nodes",
            next_step="leave it out, or give the container the socket of that Docker",
        )
    if wanted == "host" or not known:
        yield False
        return
    came = _connect(docker, container)
    try:
        yield True
    finally:
        if came:
            docker.has("network", "disconnect", NETWORK, container)


def _connect(docker: Docker, container: str) -> bool:
    """Join the network; whether that was not so already."""
    try:
        docker("network", "connect", NETWORK, container)
    except DockerFailed as error:
        if "already exists" not in error.output:
            raise
        return False
    return True
