"""`loadstone more`: go on with a finished run."""

from __future__ import annotations

from pathlib import Path

import click

from loadstone.cli import complete
from loadstone.cli.options import config_option
from loadstone.cli.output import emit, json_flag


@click.command(name="more")
@click.argument(
    "saved", type=click.Path(path_type=Path, file_okay=False), default=Path("out"), metavar="[OUT]"
)
@click.option(
    "--rounds",
    type=click.IntRange(1, 1000),
    help="How many more; as few as would settle something, when not said.",
)
@click.option(
    "--case",
    "cases",
    multiple=True,
    shell_complete=complete.saved_cases,
    help="Only cases that match this glob; those that the report names, else.",
)
@click.option("--inconclusive", is_flag=True, help="Only cases that are not decided yet.")
@click.option("--invalid", is_flag=True, help="Only cases without a trustworthy number.")
@config_option("saved")
@json_flag
def command(
    *,
    saved: Path,
    rounds: int | None,
    cases: tuple[str, ...],
    inconclusive: bool,
    invalid: bool,
    config_file: str,
    as_json: bool,
) -> int:
    """Go on with the finished run in OUT, and judge all of its rounds.

    OUT may have been downloaded, as it was uploaded: the whole directory of the run.

    The chance of a false alarm is spent as if the new rounds had been planned. The files, the
    programs and the machine have to be those of the run.
    """
    from loadstone.cli.exit import exit_code, show
    from loadstone.cli.progress import progress
    from loadstone.flows import more
    from loadstone.flows.settings import read_config
    from loadstone.model import Verdict

    asked = {Verdict.INCONCLUSIVE: inconclusive, Verdict.INVALID: invalid}
    only = [verdict for verdict, wanted in asked.items() if wanted]
    config = read_config(config_file)
    with progress(quiet=as_json) as watch:
        record = more.run(saved, config, rounds=rounds, globs=cases, only=only, watch=watch)
    emit(record.judgement, show(record, out=saved), as_json=as_json)
    return exit_code(record)
