"""Files of a run in the output directory: its profiles, and the series behind its queries."""

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
    place = _place("profiles", slot)
    saved = {}
    for kind, content in profiles.items():
        path = place / f"{slot.side}-{slot.round}-{_safe(kind)}.pb.gz"
        (out / place).mkdir(parents=True, exist_ok=True)
        (out / path).write_bytes(content)
        saved[kind] = str(path)
    return saved


def save_series(out: Path, slot: Slot, content: bytes) -> None:
    """Write a run's snapshot of series to `prometheus/<case>/<side>-<round>.json.gz`."""
    place = out / _place("prometheus", slot)
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{slot.side}-{slot.round}.json.gz").write_bytes(content)


def _place(folder: str, slot: Slot) -> Path:
    return Path(folder, *(_safe(part) for part in slot.case.split("/")))


def _safe(part: str) -> str:
    name = _ODD.sub("_", part)
    return name if name.strip(".") else "_"
