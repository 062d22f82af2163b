"""`loadstone report`: render a saved comparison."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from loadstone.cli.options import config_option
from loadstone.cli.output import emit, json_flag

if TYPE_CHECKING:
    from loadstone.model import Record

FORMATS = ("terminal", "markdown", "html", "json", "junit")
_READ = ("terminal", "markdown", "html")  # by people


@click.command(name="report")
@click.argument("saved", type=click.Path(path_type=Path), default=Path("out"))
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(FORMATS),
    default="terminal",
    show_default=True,
    help="What to render it as.",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file, not the terminal.",
)
@config_option("saved")
@json_flag
def command(*, saved: Path, form: str, output: Path | None, config_file: str, as_json: bool) -> int:
    """Render a saved comparison: a record, or the directory that `run` or `redline` wrote."""
    from loadstone.cli.exit import exit_code, show
    from loadstone.errors import MeasurementFailed
    from loadstone.flows import judge, output_directory
    from loadstone.flows.settings import read_config
    from loadstone.store.table import open_store

    record = output_directory.load(saved)
    form = "json" if as_json else form
    if record.plan.search is not None:
        return _redlines(record, form, output)
    if judge.comparable(record) or form not in _READ:  # whatever reads the others wants rows
        record = judge.judged(record, baselines=open_store(read_config(config_file).baselines))
    if form == "terminal":
        text = show(record, saved=output_directory.folder(saved))
    else:
        text = output_directory.render(record, form, files=output_directory.folder(saved))
    if output is None:
        emit(None, text, as_json=False)
    else:
        output_directory.write_text(output, text)
    return exit_code(record) if record.judgement else MeasurementFailed.exit_code


def _redlines(record: Record, form: str, output: Path | None) -> int:
    """The report of a search for redlines, from its runs, which may be those so far."""
    from loadstone.cli.redline import exit_code, show
    from loadstone.errors import UsageError
    from loadstone.flows import output_directory, redline

    if form == "junit":
        raise UsageError(
            "a search for redlines has no test cases", next_step="choose another --format"
        )
    found = redline.of(record)
    text = show(found) if form == "terminal" else output_directory.render_redline(found, form)
    if output is None:
        emit(None, text, as_json=False)
    else:
        output_directory.write_text(output, text)
    return exit_code(found)
