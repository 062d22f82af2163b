"""Print the JSON schema of the record: `python -m loadstone.store.schema`."""

from __future__ import annotations

import json
import sys

from loadstone.store.records import record_schema

if __name__ == "__main__":
    sys.stdout.write(json.dumps(record_schema(), indent=2, ensure_ascii=False) + "\n")
