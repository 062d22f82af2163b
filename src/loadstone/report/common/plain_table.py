"""A plain table of text: of plans, audits, checks and what is kept."""

from __future__ import annotations

import io
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table


def table(header: Sequence[str], rows: Sequence[Sequence[str]], *, width: int = 120) -> str:
    """A table as text; the last column takes what is left of the width."""
    drawn = Table(*header, box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for row in rows:
        drawn.add_row(*row)
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(drawn)
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines())  # type: ignore[attr-defined]
