"""`loadstone explain`: why one metric of one case got its verdict, from the saved files alone."""

from __future__ import annotations

from pathlib import Path

import click

from loadstone.cli.output import emit, json_flag


@click.command(name="explain")
@click.argument("case")
@click.argument("metric")
@click.argument("saved", type=click.Path(path_type=Path), default=Path("out"))
@json_flag
def command(*, case: str, metric: str, saved: Path, as_json: bool) -> None:
    """Show every round of both sides and each step from them to the verdict."""
    from loadstone import outputs, pipeline
    from loadstone.report.explain import explain, row

    record = pipeline.judged(outputs.load(saved))
    emit(row(record, case, metric), explain(record, case, metric), as_json=as_json)
