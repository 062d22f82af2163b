"""The image of a cluster's nodes: the one that was asked for, with our labels and audit policy.

The policy is a file that the API server reads from its node as it starts. A mount would be of the
Docker host's files, and where we run in a container ours are not; a layer of the image goes with it
wherever the daemon is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from loadstone.cluster.kind.cluster_labels import CLUSTER
from loadstone.cluster.kind.docker import Docker

FOLDER = "/etc/loadstone"  # on a node


@contextmanager
def node_image(
    docker: Docker, base: str, labels: Mapping[str, str], files: Mapping[str, str], workdir: Path
) -> Iterator[str]:
    """The name of an image; on leaving, it and what was made of it is gone.

    `files`: the texts by name that a node has in `FOLDER`. Raises `ClusterFailed`.
    """
    docker.identity(base)
    cluster = labels[CLUSTER]
    name = f"loadstone-node:{cluster}"
    said = [f"{key}={value}" for key, value in labels.items()]
    try:
        made = docker("create", *(f"--label={each}" for each in said), base)
        docker("cp", f"{_written(files, workdir)}/.", f"{made}:{FOLDER}")
        changes = (f'--change=LABEL "{key}"="{value}"' for key, value in labels.items())
        docker("commit", *changes, made, name, within=600.0)
        docker("rm", "--force", "--volumes", made)
        yield name
    finally:
        docker.remove(cluster)


def _written(files: Mapping[str, str], workdir: Path) -> Path:
    folder = workdir / "node-files"
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
