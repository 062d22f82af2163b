"""The architecture of this machine, by the name that releases and container images give it."""

from __future__ import annotations

import platform

_NAMES = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm", "i686": "386"}


def architecture() -> str:
    """Go's name of it, which images have, too; the kernel's where that is another machine."""
    machine = platform.machine()
    return _NAMES.get(machine, machine)
