"""Payloads of events, in the shape in which GitHub sends them, and shorter."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


def payload(name: str) -> Any:
    """The payload of a file, anew each time."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
