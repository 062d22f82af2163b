"""The usage of a container as its kubelet tells it, through the API server.

The kubelet looks at its containers every ten seconds or so, and says when.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from loadstone.protocols import ApiCaller, ContainerUsage


def usage(client: ApiCaller, node: str, pod: str, container: str) -> ContainerUsage | None:
    """The last usage that a node knows of a container of the pod with that uid."""
    path = f"/api/v1/nodes/{node}/proxy/stats/summary"
    return of_summary(client.ask("GET", path).body, pod, container)


def of_summary(summary: Mapping[str, Any], pod: str, container: str) -> ContainerUsage | None:
    """The usage in a summary; None where it is not, or not whole."""
    for each in summary.get("pods") or ():
        if each.get("podRef", {}).get("uid") != pod:
            continue
        for found in each.get("containers") or ():
            if found.get("name") == container:
                return _usage(found.get("cpu") or {}, found.get("memory") or {})
    return None


def _usage(cpu: Mapping[str, Any], memory: Mapping[str, Any]) -> ContainerUsage | None:
    try:
        return ContainerUsage(
            stamp=datetime.fromisoformat(cpu["time"]).timestamp(),
            cpu=cpu["usageCoreNanoSeconds"] / 1e9,
            working_set=int(memory["workingSetBytes"]),
            anon=int(memory["rssBytes"]),
        )
    except (KeyError, TypeError, ValueError):
        return None
