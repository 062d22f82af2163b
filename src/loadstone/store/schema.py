"""Print the JSON schema of a stored file: `python -m loadstone.store.schema [record|redline]`."""

from __future__ import annotations

import json
import sys

from loadstone.store.records import record_schema
from loadstone.store.redline_records import redline_schema

SCHEMAS = {"record": record_schema, "redline": redline_schema}

if __name__ == "__main__":
    name = sys.argv[1] if len(sys.argv) > 1 else "record"
    sys.stdout.write(json.dumps(SCHEMAS[name](), indent=2, ensure_ascii=False) + "\n")
