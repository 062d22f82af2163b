"""Tables: ages as kubectl writes them, and columns that survive odd objects."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from loadstone.apiserver.machinery.resources import Registry
from loadstone.apiserver.printing import columns, printer_tables
from loadstone.apiserver.printing.custom_columns import json_path
from loadstone.apiserver.printing.kind_columns import COLUMNS
from loadstone.apiserver.types import kinds

NOW = datetime(2026, 1, 1, tzinfo=UTC)
REGISTRY = Registry(kinds.kinds())


@pytest.mark.parametrize(
    ("passed", "shown"),
    [
        (timedelta(seconds=0), "0s"),
        (timedelta(seconds=119), "119s"),
        (timedelta(seconds=120), "2m"),
        (timedelta(seconds=125), "2m5s"),
        (timedelta(minutes=10), "10m"),
        (timedelta(minutes=179), "179m"),
        (timedelta(hours=3, minutes=20), "3h20m"),
        (timedelta(hours=8), "8h"),
        (timedelta(hours=47), "47h"),
        (timedelta(days=2, hours=5), "2d5h"),
        (timedelta(days=8), "8d"),
        (timedelta(days=729), "729d"),
        (timedelta(days=731), "2y1d"),
        (timedelta(days=9 * 365), "9y"),
    ],
)
def test_an_age_has_its_two_biggest_units(passed: timedelta, shown: str) -> None:
    assert columns.elapsed((NOW - passed).isoformat(), NOW) == shown


@pytest.mark.parametrize("resource", list(REGISTRY), ids=lambda resource: resource.qualified)
def test_every_kind_prints_an_object_that_says_nothing(resource: object) -> None:
    found = REGISTRY.by_key(resource.key)  # type: ignore[attr-defined]
    assert found is not None
    shown = printer_tables.columns(found, found.version)
    document = {"metadata": {"name": "a"}, "spec": {}, "status": {}}
    cells = printer_tables.cells(shown, document)
    assert (cells[-1] if found.plural == "events" else cells[0]) == "a"


def test_every_table_belongs_to_a_kind() -> None:
    assert set(COLUMNS) <= {resource.plural for resource in REGISTRY}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (".spec.size", 3),
        (".spec.parts[0].name", "x"),
        (".spec.parts[*].name", "x,y"),
        ('.spec.parts[?(@.name=="y")].value', 2),
        (r".metadata.labels.example\.com/zone", "z"),
        (".spec.none", None),
    ],
)
def test_printer_columns_read_json_paths(path: str, found: object) -> None:
    document = {
        "metadata": {"labels": {"example.com/zone": "z"}},
        "spec": {"size": 3, "parts": [{"name": "x"}, {"name": "y", "value": 2}]},
    }
    assert json_path(path)(document) == found
