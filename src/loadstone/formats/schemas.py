"""Print a file format's JSON schema: `python -m loadstone.formats.schemas scenario`."""

from __future__ import annotations

import json
import sys

from loadstone.formats.schema import component_schema, preset_schema, scenario_schema

SCHEMAS = {"scenario": scenario_schema, "component": component_schema, "preset": preset_schema}


def text(name: str) -> str:
    """The schema as it is kept in `docs/schemas`."""
    return json.dumps(SCHEMAS[name](), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text(sys.argv[1]))
