"""Profile files of a run, in the output directory."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from loadstone.model import Slot

_ODD = re.compile(r"[^A-Za-z0-9._=,-]")


def save(out: Path, slot: Slot, profiles: Mapping[str, bytes]) -> dict[str, str]:
    """Write each profile to `profiles/<case>/<side>-<round>-<kind>.pb.gz` below `out`.

    Returns kind → path relative to `out`. A case's name cannot lead out of that directory.
    """
    place = Path("profiles", *(_safe(part) for part in slot.case.split("/")))
    saved = {}
    for kind, content in profiles.items():
        path = place / f"{slot.side}-{slot.round}-{_safe(kind)}.pb.gz"
        (out / place).mkdir(parents=True, exist_ok=True)
        (out / path).write_bytes(content)
        saved[kind] = str(path)
    return saved


def _safe(part: str) -> str:
    name = _ODD.sub("_", part)
    return name if name.strip(".") else "_"
