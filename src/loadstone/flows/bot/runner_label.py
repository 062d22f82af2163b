"""The runner label of commanded measurings, as their workflow's own title has it."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(".github/workflows")
_MOST = 1_000_000  # characters of a workflow
_TITLE = re.compile(r"^run-name:.*#.* on ([\w.-]+)", re.MULTILINE)


def runner_label(workflow: str, root: Path) -> str:
    """The label in the `run-name` of a workflow file of the checkout `root`; "" where it has none.

    GitHub does not tell which label a run waits for, so the title of each run says it, and what
    waits is counted by it (`github.workflows.open_runs`).
    """
    try:
        with (root / FOLDER / workflow).open(encoding="utf-8", errors="replace") as file:
            found = _TITLE.search(file.read(_MOST))
    except OSError:
        return ""
    return found[1] if found else ""
