"""Labels that say whose a cluster in Docker is: of its nodes' image, and so of its nodes. Pure.

kind sets no labels of ours, but a container has those of its image, and the image is there before
the first node and after the last: by it a killed session's cluster is found at any moment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

CLUSTER = "loadstone.cluster"  # the cluster's name
OWNER = "loadstone.owner"  # the process, as `system.processes` names it
MACHINE = "loadstone.machine"  # and where alone that name means something
EXPIRES = "loadstone.expires"  # s since 1970; for whoever is on another one
LABELS = (CLUSTER, OWNER, MACHINE, EXPIRES)
LIFE = 24 * 3600.0  # s; no session lasts as long


def labels(name: str, *, owner: str, machine: str, now: float) -> dict[str, str]:
    """The labels of a cluster's image and nodes."""
    return {CLUSTER: name, OWNER: owner, MACHINE: machine, EXPIRES: str(int(now + LIFE))}


def over(
    said: Mapping[str, str], *, machine: str, now: float, alive: Callable[[str], bool]
) -> bool:
    """Whether nobody uses any more what has these labels; what is not ours never is."""
    if not said.get(CLUSTER, "").startswith("loadstone-") or OWNER not in said:
        return False
    if said.get(MACHINE) == machine:
        return not alive(said[OWNER])
    try:
        return float(said[EXPIRES]) < now
    except (KeyError, ValueError):
        return False
