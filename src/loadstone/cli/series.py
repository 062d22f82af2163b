"""`loadstone series`: what changed over the stored baselines, and between which revisions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from loadstone.cli import complete
from loadstone.cli.options import config_option, store_option
from loadstone.cli.output import emit, json_flag

if TYPE_CHECKING:
    from loadstone.model.series import Series

FORMATS = ("terminal", "markdown", "html", "json")


@click.command(name="series")
@click.option(
    "--component",
    "-c",
    default="",
    shell_complete=complete.components,
    help="Only this component.",
)
@click.option(
    "--scenario",
    "-s",
    "scenarios",
    multiple=True,
    shell_complete=complete.scenarios,
    help="Only series with this one.",
)
@click.option("--tier", default="", shell_complete=complete.tiers, help="Only this tier.")
@click.option("--environment", default="", help="Only this environment: its key.")
@store_option()
@click.option(
    "--last",
    type=click.IntRange(2, 1000),
    default=100,
    show_default=True,
    help="The newest records of each series that are looked at.",
)
@click.option(
    "--recent",
    type=click.IntRange(1),
    default=10,
    show_default=True,
    help="Newest records in which a regression is news.",
)
@click.option(
    "--alpha",
    type=click.FloatRange(0, 0.5, min_open=True),
    default=0.05,
    show_default=True,
    help="Chance that series without a change show a gated change point.",
)
@click.option(
    "--gate",
    is_flag=True,
    help="Exit with 1 where a recent regression stands: one that two records in a row have shown.",
)
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
@config_option()
@json_flag
def command(
    *,
    component: str,
    scenarios: tuple[str, ...],
    tier: str,
    environment: str,
    root: str,
    last: int,
    recent: int,
    alpha: float,
    gate: bool,
    form: str,
    output: Path | None,
    config_file: str,
    as_json: bool,
) -> int:
    """Find change points over the baselines, and the revisions that each lies between.

    Baselines of each component, set of scenarios, tier and environment are a series of their own,
    in the order in which they were measured.
    """
    from loadstone.flows import output_directory, series
    from loadstone.flows.settings import read_config
    from loadstone.store.protocol import Query
    from loadstone.store.table import open_store

    found = series.series(
        open_store(root or read_config(config_file).baselines),
        Query(component=component, tier=tier, environment=environment),
        scenarios=scenarios,
        last=last,
        alpha=alpha,
    )
    text = _rendered(found, "json" if as_json else form, recent)
    if output is None:
        emit(None, text, as_json=False)
    else:
        output_directory.write_text(output, text)
    return exit_code(found, recent) if gate else 0


def exit_code(found: Sequence[Series], recent: int) -> int:
    """1 where a gated regression came with the `recent` newest records and still stands.

    3 for a series of which no record can be used: nobody knows, which is no pass.
    """
    from loadstone.cli.exit import CODES
    from loadstone.model import conclusion

    return CODES[conclusion(found, recent=recent)]


def _rendered(found: Sequence[Series], form: str, recent: int) -> str:
    import shutil
    import sys

    import msgspec

    from loadstone.report import series as report

    match form:
        case "json":
            return msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n"
        case "markdown":
            return report.markdown(found, recent=recent)
        case "html":
            return report.html(found, recent=recent)
        case _:
            width = shutil.get_terminal_size((100, 24)).columns
            return report.terminal(found, recent=recent, width=width, colour=sys.stdout.isatty())
