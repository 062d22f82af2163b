"""`loadstone merge`: join the shards of a run and judge them as one."""

from __future__ import annotations

from pathlib import Path

import click

from loadstone.cli.options import config_option
from loadstone.cli.output import emit, json_flag


@click.command(name="merge")
@click.argument(
    "folders",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR…",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out"),
    show_default=True,
    help="Where the joined rounds, the record, the profiles and the reports go.",
)
@click.option("--store", default="", help="Where baselines are kept: what they tell of noise.")
@config_option("out")
@json_flag
def command(
    *, folders: tuple[Path, ...], out: Path, store: str, config_file: str, as_json: bool
) -> int:
    """Join the shards of a run and judge them as one.

    DIR is what `loadstone run --shard K/N --out DIR` wrote, or a folder that holds several of
    these. The verdict is that of one run over all cases. A shard that is missing is said, and then
    nothing passes.
    """
    from loadstone.cli.exit import exit_code, show
    from loadstone.flows import merge
    from loadstone.flows.settings import read_config
    from loadstone.store.table import open_store

    baselines = open_store(store or read_config(config_file).baselines)
    record = merge.run(folders, out, baselines=baselines)
    emit(record.judgement, show(record, out=out), as_json=as_json)
    return exit_code(record)
