"""Names of profiles: of a component of several processes, each says whose it is."""

from __future__ import annotations

_OF = " of "


def of_process(kind: str, process: str) -> str:
    """The name of a kind of profile of one process, such as `cpu of envoy`; "" is the only one."""
    return f"{kind}{_OF}{process}" if process else kind


def parted(name: str) -> tuple[str, str]:
    """The kind of a profile, and the process that it is of, "" for the only one."""
    kind, _, process = name.partition(_OF)
    return kind, process
