"""`loadstone sweep`: remove what killed runs left behind."""

from __future__ import annotations

import click

from loadstone.cli.output import emit, json_flag


@click.command(name="sweep")
@json_flag
def command(*, as_json: bool) -> None:
    """Remove what killed runs left behind: processes, clusters, work directories."""
    from loadstone.flows import sweep

    swept = sweep.sweep()
    words = "\n".join(f"removed {thing}" for thing in swept) or "nothing was left behind"
    emit({"removed": swept}, words, as_json=as_json)
