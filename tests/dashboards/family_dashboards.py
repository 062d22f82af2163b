"""A dashboard for each family of scenarios: a row for each preset, a panel for each series."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from loadstone.flows.files import preset_source
from loadstone.formats import Preset
from loadstone.plan.presets import parse_preset
from tests.dashboards.panel_queries import PanelQuery, queries

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "dashboards"
OF_ALL = ("go", "process")
FAMILIES: Mapping[str, Sequence[str]] = {
    "ingress": ("traefik", "contour", "envoy", *OF_ALL),
    "controller": ("controller-runtime", "workqueue", "rest-client", *OF_ALL),
    "control-plane": ("apiserver", "etcd", "scheduler", "workqueue", *OF_ALL),
    "service-proxy": ("kube-proxy", *OF_ALL),
    "cluster-api": ("capi", "controller-runtime", "workqueue", "rest-client", *OF_ALL),
}
SCHEMA = 39  # of Grafana 11; later ones take it and move it on
WIDE, HIGH, ROW = 12, 8, 1  # a screen is 24 wide
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
# The unit of a value, and of its growth a second, as Grafana calls them.
UNITS: Mapping[str, tuple[str, str]] = {
    "s": ("s", "percentunit"),
    "By": ("bytes", "Bps"),
    "1": ("short", "cps"),
}


def dashboard(family: str) -> dict[str, Any]:
    """The dashboard of a family, as Grafana imports it."""
    return {
        "uid": f"loadstone-{family}",
        "title": f"Loadstone: {family}",
        "description": f"What the presets of the family {family} measure, as it goes on.",
        "tags": ["loadstone"],
        "schemaVersion": SCHEMA,
        "version": 1,
        "editable": True,
        "graphTooltip": 1,
        "timezone": "browser",
        "refresh": "10s",
        "time": {"from": "now-30m", "to": "now"},
        "annotations": {"list": []},
        "links": [],
        "templating": {"list": _variables()},
        "panels": list(_panels([_preset(name) for name in FAMILIES[family]])),
    }


def text(family: str) -> str:
    """A dashboard as it stands in its file."""
    return json.dumps(dashboard(family), indent=1) + "\n"


def _preset(name: str) -> Preset:
    source = preset_source(name)
    return parse_preset(source.text, source.name)


def _variables() -> list[dict[str, Any]]:
    source = {"name": "datasource", "type": "datasource", "label": "Prometheus", "hide": 0}
    chosen = {
        "type": "query",
        "datasource": SOURCE,
        "hide": 0,
        "refresh": 2,  # whenever the time range changes
        "sort": 1,
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"text": ["All"], "value": ["$__all"]},
    }
    asked = {
        "namespace": "label_values(up, namespace)",
        "instance": 'label_values(up{namespace=~"$namespace"}, instance)',
    }
    return [
        {**source, "query": "prometheus"},
        *({**chosen, "name": name, "query": query} for name, query in asked.items()),
    ]


def _panels(presets: Sequence[Preset]) -> Iterator[dict[str, Any]]:
    numbers, top = count(1), 0
    for preset in presets:
        place = {"x": 0, "y": top, "w": 2 * WIDE, "h": ROW}
        row = {"id": next(numbers), "type": "row", "title": preset.preset, "gridPos": place}
        yield {**row, "collapsed": False, "panels": []}
        top += ROW
        lines = _by_series(preset)
        for index, each in enumerate(lines):
            spot = {"x": index % 2 * WIDE, "y": top + index // 2 * HIGH, "w": WIDE, "h": HIGH}
            yield {"id": next(numbers), **_panel(each), "gridPos": spot}
        top += (len(lines) + 1) // 2 * HIGH


def _by_series(preset: Preset) -> list[list[PanelQuery]]:
    found: dict[tuple[str, bool], list[PanelQuery]] = {}
    for each in queries(preset):
        found.setdefault((each.series, each.part in ("delta", "count")), []).append(each)
    return list(found.values())


def _panel(lines: Sequence[PanelQuery]) -> dict[str, Any]:
    first = lines[0].metric
    growing = lines[0].part in ("delta", "count")
    return {
        "type": "timeseries",
        "title": _title(lines) + (", per second" if growing else ""),
        "description": first.about,
        "datasource": SOURCE,
        "fieldConfig": {"defaults": {"unit": UNITS[first.unit][growing]}, "overrides": []},
        "options": {
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
            "tooltip": {"mode": "multi", "sort": "desc"},
        },
        "targets": [
            {
                "refId": chr(ord("A") + index),
                "datasource": SOURCE,
                "editorMode": "code",
                "range": True,
                "expr": each.expr,
                "legendFormat": _legend(each, alone=len(lines) == 1),
            }
            for index, each in enumerate(lines)
        ],
    }


def _title(lines: Sequence[PanelQuery]) -> str:
    """What a metric is called, without what of a run it is, where the panel shows all of it."""
    title = lines[0].metric.title or lines[0].series.replace("_", " ")
    if len(lines) > 1 or lines[0].part in ("end", "max"):
        title = title.removesuffix(" at the end")
        title = title.rpartition(", ")[0] or title
    return title


def _legend(line: PanelQuery, *, alone: bool) -> str:
    return "{{instance}}" if alone else f"{{{{instance}}}} {line.part}"
