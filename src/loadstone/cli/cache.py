"""`loadstone cache`: what is kept between sessions, how large it is, and what is in use."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from loadstone.cli.options import config_option
from loadstone.cli.output import emit, json_flag

if TYPE_CHECKING:
    from loadstone.component.cache import CacheEntry


def as_data(entry: CacheEntry) -> dict[str, Any]:
    """An entry as JSON has it: By, and when it was last used in s since 1970."""
    return {**asdict(entry), "path": str(entry.path)}


@click.command(name="cache")
@config_option()
@json_flag
def command(*, config_file: str, as_json: bool) -> None:
    """Show the programs and mirrors that are kept between sessions."""
    from loadstone.component import cache, pruning
    from loadstone.flows.settings import cache_directory, read_config
    from loadstone.report.listings import cache as listing

    root = cache_directory(read_config(config_file))
    entries = cache.entries(root)
    text = listing.terminal(
        str(root),
        entries,
        now=time.time(),
        unused=pruning.UNUSED / pruning.DAY,
        most=pruning.MOST,
    )
    data = [as_data(each) for each in entries]
    total = sum(each.size for each in entries)
    emit({"directory": str(root), "size": total, "entries": data}, text, as_json=as_json)
