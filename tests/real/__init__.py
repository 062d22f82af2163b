"""Real Kubernetes programs, built from the Go modules they are published as.

`binary("kube-apiserver")` is what a test asks for. It builds once and keeps what it built in the
user's cache, by version; a test that needs a program is skipped only where Go is missing.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


def binary(name: str) -> Path:
    """The program of this name, built where it is not there yet."""
    from tests.real import build

    if (made := build.path(name)).exists():
        return made
    if shutil.which("go") is None:
        pytest.skip(f"building {name} needs Go, which is not on this machine")
    return build.build(name)
