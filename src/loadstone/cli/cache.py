"""`loadstone cache`: what is kept between sessions, how large it is, and what is in use."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from loadstone.cli.output import emit, json_flag

if TYPE_CHECKING:
    from loadstone.component.cache import Entry


def as_data(entry: Entry) -> dict[str, Any]:
    """An entry as JSON has it: By, and when it was last used in s since 1970."""
    return {**asdict(entry), "path": str(entry.path)}


def _ago(seconds: float) -> str:
    for length, unit in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= length:
            number = int(seconds // length)
            return f"{number} {unit}{'s' if number > 1 else ''} ago"
    return "just now"


@click.command(name="cache")
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The configuration file, instead of loadstone.yaml.",
)
@json_flag
def command(*, config_file: Path | None, as_json: bool) -> None:
    """Show the programs and mirrors that are kept between sessions."""
    from loadstone.component import cache, pruning
    from loadstone.flows.settings import read_config
    from loadstone.report.common import units
    from loadstone.report.common.plain import plain
    from loadstone.report.common.tables import table

    root = read_config(config_file).cache_directory()
    entries = cache.entries(root)
    total = sum(each.size for each in entries)
    rows = [
        (
            each.kind,
            units.quantity("By", each.size),
            "in use" if each.busy else _ago(time.time() - each.used),
            plain(each.name),
        )
        for each in entries
    ]
    limits = f"{pruning.UNUSED / pruning.DAY:g} days, and what is beyond"
    limits += f" {units.quantity('By', pruning.MOST)}, the longest unused first"
    words = [
        f"{root}: {units.quantity('By', total)} in {units.count(len(entries), 'entry', 'entries')}",
        *(["", table(("what", "size", "last used", "name"), rows), ""] if rows else []),
        f"`loadstone prune` removes what was not used for {limits}",
    ]
    data = [as_data(each) for each in entries]
    found = {"directory": str(root), "size": total, "entries": data}
    emit(found, "\n".join(words), as_json=as_json)
