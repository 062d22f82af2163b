"""`loadstone compare`: judge saved measurements."""

from __future__ import annotations

from pathlib import Path

import click

from loadstone.cli.options import STORE, config_option
from loadstone.cli.output import emit, json_flag


@click.command(name="compare")
@click.argument("saved", type=click.Path(path_type=Path), default=Path("out"))
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    help="Judge head against this record of an earlier day instead of against base.",
)
@click.option(
    "--gate", is_flag=True, help="Let the baseline decide; refused where it is not comparable."
)
@click.option(
    "--store", default="", help=f"Where baselines are kept, for what they tell of noise: {STORE}."
)
@click.option("--cold", is_flag=True, help="Judge without what earlier baselines tell of noise.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write reports here.")
@config_option("saved")
@json_flag
def command(
    *,
    saved: Path,
    baseline: Path | None,
    gate: bool,
    store: str,
    cold: bool,
    out: Path | None,
    config_file: str,
    as_json: bool,
) -> int:
    """Judge saved measurements anew: a record, rounds, or the directory that `run` wrote.

    What was known of the noise when they were measured is used again: the baselines of the series
    that are older.
    """
    from loadstone.cli.exit import exit_code, show
    from loadstone.errors import UsageError
    from loadstone.flows import judge, output_directory
    from loadstone.flows.settings import read_config
    from loadstone.store.table import open_store

    if baseline is not None and not baseline.exists():
        raise UsageError(
            f"there is no baseline {baseline}",
            next_step="name a record, or a directory that `loadstone run` wrote; "
            "`loadstone baseline list` names what is kept, and `--store` where",
        )
    record = output_directory.load(saved)
    known = None if cold else open_store(store or read_config(config_file).baselines)
    if baseline is None:
        record = judge.judged(record, baselines=known, anew=True)
    else:
        record = judge.against(record, output_directory.load(baseline), gate=gate, baselines=known)
        record = judge.told(
            record,
            {
                "saved": str(saved),
                "baseline": str(baseline),
                "gate": gate,
                "store": store,
                "cold": cold,
                "config": config_file,
            },
        )
    if out is not None:
        output_directory.write(record, out, files=output_directory.folder(saved))
    emit(
        record.judgement,
        show(record, out=out, saved=output_directory.folder(saved)),
        as_json=as_json,
    )
    context_only = baseline is not None and not gate
    return 0 if context_only else exit_code(record)
