"""The way to a pod's ports on its node: a service of ours, which is gone with the pod."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Mapping
from typing import Any

from loadstone.formats.manifests import Manifest

NODE_PORTS = "loadstone-measured"  # the name of the service


def node_port_service(ports: Mapping[str, int], labels: Mapping[str, str]) -> Manifest:
    """A service that leads ports of a node to those of the pods with these labels."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": NODE_PORTS},
        "spec": {
            "type": "NodePort",
            "externalTrafficPolicy": "Local",  # no second hop: the node is the pod's own
            "selector": dict(labels),
            "ports": [
                {"name": name.replace("_", "-"), "port": number, "targetPort": number}
                for name, number in ports.items()
            ],
        },
    }


def addresses(service: Mapping[str, Any], ports: Mapping[str, int], host: str) -> dict[str, str]:
    """The addresses of ports on a node, by name; none of a service without them."""
    found = {
        each.get("name"): each.get("nodePort")
        for each in (service.get("spec") or {}).get("ports") or ()
    }
    known = {name: found.get(name.replace("_", "-")) for name in ports}
    return {name: in_cluster(host, number) for name, number in known.items() if number and host}


def in_cluster(host: str, port: int) -> str:
    """The address of a port, of a node or of a pod."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def reachable(found: Mapping[str, str], *, within: float) -> bool:
    """Whether all of these addresses take connections from here."""
    deadline = time.monotonic() + within
    left = list(found.values())
    while left:
        host, _, port = left[0].rpartition(":")
        with contextlib.suppress(OSError):
            socket.create_connection((host.strip("[]"), int(port)), timeout=1.0).close()
            left.pop(0)
            continue
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return bool(found)
