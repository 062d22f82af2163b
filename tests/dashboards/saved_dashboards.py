"""The dashboards as they stand in their files, and their queries as Grafana would ask them."""

from __future__ import annotations

import json
from typing import Any

from tests.dashboards.family_dashboards import FOLDER

VALUES = {"$__rate_interval": "2s", "$namespace": ".*", "$instance": ".*"}


def saved(family: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{family}.json").read_text())
    return found


def expressions(family: str) -> list[str]:
    """Every query of a dashboard, with values for its variables."""
    panels = saved(family)["panels"]
    return [filled(target["expr"]) for panel in panels for target in panel.get("targets", ())]


def filled(query: str) -> str:
    """A query with values for the variables."""
    for name, value in VALUES.items():
        query = query.replace(name, value)
    return query
