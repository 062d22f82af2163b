"""Images of this machine on the nodes of a cluster of our own, before anything runs of them."""

from __future__ import annotations

from collections.abc import Iterable

from loadstone.protocols import RunsPods


def put_on_nodes(
    cluster: RunsPods, images: Iterable[str], of_load: Iterable[str] = ()
) -> dict[str, str]:
    """Those of the images that this machine has, by name: their identity here.

    `of_load`: images of pods that send load, and so run on other nodes. The others are the nodes'
    own to pull. Raises `ClusterFailed`.
    """
    here: dict[str, str] = {}
    for kept_for_load, listed in ((False, images), (True, of_load)):
        for image in dict.fromkeys(listed):
            if identity := cluster.local_image(image):
                cluster.load_image(image, of_load=kept_for_load)
                here[image] = identity
    return here
