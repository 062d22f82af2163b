"""Loadstone's own image for pods, made as the action's is, without what only the action needs."""

from __future__ import annotations

from tests.action.harness import images
from tests.action.harness.docker_daemon import Docker


def own_image(docker: Docker) -> str:
    """The image, by a name that is on no registry."""
    given = images.arguments(docker)
    packages = f"{images.PLACE}/packages:{images.digest(images.files_of(images.INPUTS), *given)}"
    if not images.is_there(docker, packages):
        docker(
            *("build", "--quiet", "--target", "packages", "--tag", packages, *given),
            str(images.ROOT),
            timeout=3600,
        )
    tag = packages.replace("/packages:", "/pods:")
    if not images.is_there(docker, tag):
        text = f"FROM {packages}\nENV PATH=/opt/loadstone/bin:$PATH PYTHONUNBUFFERED=1\n"
        docker("build", "--quiet", "--tag", tag, "-", input=text)
    return tag
