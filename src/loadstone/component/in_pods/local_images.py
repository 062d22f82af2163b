"""Images of this machine on the nodes of a cluster of our own, before anything runs of them."""

from __future__ import annotations

from collections.abc import Iterable

from loadstone.protocols import RunsPods


def put_on_nodes(cluster: RunsPods, images: Iterable[str]) -> dict[str, str]:
    """Those of the images that this machine has, by name: their identity here.

    The others are the nodes' own to pull. Raises `ClusterFailed`.
    """
    found = {image: cluster.local_image(image) for image in dict.fromkeys(images)}
    here = {image: identity for image, identity in found.items() if identity}
    for image in here:
        cluster.load_image(image)
    return here
