"""An address of this machine that a real API server takes for an endpoint: not of the loopback."""

from __future__ import annotations

import socket
from ipaddress import ip_address

from loadstone.errors import UsageError

_ELSEWHERE = ("192.0.2.1", 9)  # an address of no machine: nothing is sent, only a route is chosen


def local_address() -> str:
    """The address that this machine would send from. Raises `UsageError` where it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)
            found = str(probe.getsockname()[0])
        except OSError:
            found = ""
    if not found or ip_address(found).is_loopback or ip_address(found).is_link_local:
        raise UsageError(
            "this machine has no address but the loopback, and a real API server lets no endpoint"
            " be there",
            next_step="choose --provider memory, or give the machine an address",
        )
    return found
