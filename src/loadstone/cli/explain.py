"""`loadstone explain`: why one metric of one case got its verdict, from the saved files alone."""

from __future__ import annotations

from pathlib import Path

import click

from loadstone.cli import complete
from loadstone.cli.options import config_option
from loadstone.cli.output import emit, json_flag


@click.command(name="explain")
@click.argument("case", shell_complete=complete.saved_cases)
@click.argument("metric", shell_complete=complete.saved_metrics)
@click.argument("saved", type=click.Path(path_type=Path), default=Path("out"))
@click.option("--over", metavar="AXIS", default="", help="How METRIC grows with this axis.")
@click.option("--growth", is_flag=True, help="How METRIC, or a series, grows inside a run.")
@config_option("saved")
@json_flag
def command(
    *,
    case: str,
    metric: str,
    saved: Path,
    over: str,
    growth: bool,
    config_file: str,
    as_json: bool,
) -> None:
    """Show every round of both sides and each step from them to the verdict."""
    from loadstone.flows import judge, output_directory
    from loadstone.flows.settings import read_config
    from loadstone.report.comparison import explain, explain_scaling, lookup
    from loadstone.store.table import open_store

    if over and growth:
        raise click.UsageError("--over and --growth ask two questions: choose one")
    record = judge.judged(
        output_directory.load(saved), baselines=open_store(read_config(config_file).baselines)
    )
    if over:
        shape = lookup.shape(record, case, metric, over)
        emit(shape, explain_scaling.explain_shape(record, shape), as_json=as_json)
    elif growth:
        found = lookup.growth(record, case, metric)
        emit(found, explain_scaling.explain_growth(found), as_json=as_json)
    else:
        row = lookup.row(record, case, metric)
        emit(row, explain.explain(record, case, metric), as_json=as_json)
