"""`loadstone profiles`: the profiles of a comparison as flame graphs, and for other tools."""

from __future__ import annotations

from pathlib import Path

import click

from loadstone.cli.options import config_option
from loadstone.cli.output import emit, json_flag


@click.command(name="profiles")
@click.argument("saved", type=click.Path(path_type=Path), default=Path("out"))
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("flames"),
    show_default=True,
    help="Where the files go, a folder for each case and kind.",
)
@click.option("--cases", default="*", metavar="GLOB", help="Only cases whose name matches.")
@click.option("--kind", default="", help="Only profiles of this kind: cpu, heap, allocs, …")
@config_option("saved")
@json_flag
def command(
    *, saved: Path, out: Path, cases: str, kind: str, config_file: str, as_json: bool
) -> None:
    """Write interactive flame graphs of both sides, and files for pprof and speedscope."""
    from loadstone.flows import flame_files, judge, output_directory
    from loadstone.flows.settings import read_config
    from loadstone.report.listings.files import listed
    from loadstone.store.table import open_store

    record = judge.judged(
        output_directory.load(saved), baselines=open_store(read_config(config_file).baselines)
    )
    files = output_directory.folder(saved)
    paths = flame_files.write(record, files, out, cases=cases, kind=kind)
    emit([str(path) for path in paths], listed([str(path) for path in paths]), as_json=as_json)
