"""What clusters of real nodes stand on: a Docker daemon, the image of a node, and kind."""

from __future__ import annotations

import atexit
import functools
import os
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from loadstone.cluster.kind import cluster_labels
from loadstone.cluster.provider_options import ProviderOptions
from loadstone.formats.configuration import KindSettings
from tests.action.harness.docker_daemon import REQUIRED, Docker, NoDaemonError, daemon
from tests.kind.node_image import node_image
from tests.real import binary


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A daemon, and the image of a node in it."""

    docker: Docker
    image: str

    def options(self, **more: Any) -> ProviderOptions:
        """The options of a provider; `more` are those of `kind`, and `pods`, `labels`, `logs`."""
        own = {name: more.pop(name) for name in ("pods", "labels", "logs") if name in more}
        settings = KindSettings(image=self.image, **more)
        return ProviderOptions(find_program=_program, kind=settings, **own)

    def left(self, owner: str = "") -> set[str]:
        """The containers and images of clusters of ours, or of one process alone."""
        what = f"{cluster_labels.OWNER}={owner}" if owner else cluster_labels.CLUSTER
        selected = f"--filter=label={what}"
        containers = self.docker("ps", "--all", "--quiet", selected).split()
        return {*containers, *self.docker("image", "ls", "--quiet", selected).split()}


@functools.cache
def ground() -> Ground:
    """The ground of this process, up to its end; programs that it starts stand on it, too."""
    running = ExitStack()
    try:
        docker = running.enter_context(daemon())
        atexit.register(running.close)
        os.environ["DOCKER_HOST"] = docker.host
        return Ground(docker=docker, image=node_image(docker))
    except NoDaemonError as error:
        if os.environ.get(REQUIRED):
            raise
        pytest.skip(str(error))


def _program(name: str) -> Path:
    from loadstone.system.tools import find

    return binary(name) if name == "kind" else find(name).path
