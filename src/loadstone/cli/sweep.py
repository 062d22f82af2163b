"""`loadstone sweep`: remove what killed runs left behind."""

from __future__ import annotations

import click

from loadstone.cli.output import emit, json_flag


@click.command(name="sweep")
@json_flag
def command(*, as_json: bool) -> None:
    """Remove what killed runs left behind: processes, clusters, work directories."""
    from loadstone.flows import sweep
    from loadstone.report.listings import files

    swept = sweep.sweep()
    emit({"removed": swept}, files.swept(swept), as_json=as_json)
