"""`loadstone run`: measure two revisions side by side, judge them and write the report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from loadstone.cli.options import request, request_options
from loadstone.cli.output import emit, json_flag

if TYPE_CHECKING:
    from loadstone.model import Record


@click.command(name="run")
@request_options
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out"),
    show_default=True,
    help="Where the rounds, the record, the profiles and the reports go.",
)
@click.option("--resume", is_flag=True, help="Go on with an unfinished run in --out.")
@json_flag
def command(*, as_json: bool, **flags: Any) -> int:
    """Measure two revisions side by side, judge them and write the report."""
    from loadstone.cli.exit import exit_code, show
    from loadstone.cli.progress import progress
    from loadstone.errors import NothingToCompare
    from loadstone.flows import compare

    asked = request(flags)
    try:
        with progress(quiet=as_json) as watch:
            record = compare.run(asked, watch=watch)
    except NothingToCompare as same:
        emit({"nothing_to_compare": same.message}, str(same), as_json=as_json)
        return same.exit_code
    if record.plan.shard is not None:
        return _shard(record, asked.out, as_json=as_json)
    emit(record.judgement, show(record, out=asked.out), as_json=as_json)
    return exit_code(record)


def _shard(record: Record, out: Path, *, as_json: bool) -> int:
    """A shard is measured, and nothing can be said of it alone."""
    from loadstone.report.listings import shards

    found = shards.measured(record, str(out))
    emit(found, shards.terminal(found), as_json=as_json)
    return 0
