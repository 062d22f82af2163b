"""Exit codes, and the report in the terminal."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from loadstone.errors import MeasurementFailed
from loadstone.model import Conclusion, Record, conclusion

CODES: Mapping[Conclusion, int] = {
    Conclusion.PASS: 0,
    Conclusion.FAIL: 1,
    Conclusion.INVALID: 3,
    Conclusion.UNSURE: 4,
}


def exit_code(record: Record) -> int:
    """0 pass, 1 a regression or a missed objective, 3 invalid, 4 inconclusive but asked to be sure.

    Raises `MeasurementFailed` for a record that was never judged.
    """
    if record.judgement is None:
        raise MeasurementFailed("nothing was judged", next_step="loadstone compare RECORD")
    return CODES[conclusion(record.judgement)]


def show(record: Record, *, out: Path | None = None, saved: Path | None = None) -> str:
    """The report as the terminal shows it, and where the files are.

    `saved`: the directory of the record, where its reports are not written.
    """
    from loadstone.report.common.commands import SAVED
    from loadstone.report.comparison import terminal
    from loadstone.report.listings.files import written

    width = shutil.get_terminal_size((100, 24)).columns
    where = saved or out
    text = terminal(
        record, width=width, colour=sys.stdout.isatty(), saved=str(where) if where else SAVED
    )
    if out is None:
        return text
    return f"{text}\n\n{written(str(out), ('report.html', 'report.md'))}\n"
