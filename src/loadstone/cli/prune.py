"""`loadstone prune`: remove from the cache what is not used any more."""

from __future__ import annotations

import time

import click

from loadstone.cli.cache import as_data
from loadstone.cli.options import config_option
from loadstone.cli.output import emit, json_flag
from loadstone.component import pruning

_LEFTOVERS = 86_400.0  # s; no installation, build or clone takes that long


def _size(_context: object, _parameter: object, value: str) -> int:
    """A size in By."""
    from loadstone.formats.units import amount

    found = amount(value, "By")
    if found is None or found < 0:
        raise click.BadParameter("write a size: 500MB, 10GiB")
    return int(found)


@click.command(name="prune")
@click.option(
    "--unused",
    type=click.FloatRange(0),
    default=pruning.UNUSED / pruning.DAY,
    show_default=True,
    help="Remove what was not used for so many days.",
)
@click.option(
    "--most",
    default=f"{pruning.MOST / 2**30:g}GiB",
    show_default=True,
    callback=_size,
    help="Then the longest unused, until no more is kept: 500MB, 10GiB.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@config_option()
@json_flag
def command(*, unused: float, most: int, dry_run: bool, config_file: str, as_json: bool) -> None:
    """Remove programs and mirrors from the cache; never what a running session uses."""
    from loadstone.component import cache
    from loadstone.flows.settings import cache_directory, read_config
    from loadstone.report.listings import cache as listing

    root, now = cache_directory(read_config(config_file)), time.time()
    entries = cache.entries(root)
    chosen = pruning.doomed(entries, now=now, unused=unused * pruning.DAY, most=most)
    gone = [each for each in chosen if dry_run or cache.remove(each.entry)]
    if not dry_run:
        cache.sweep(root, before=now - _LEFTOVERS)
    removed = [each.entry for each in gone]
    left = [each for each in entries if each not in removed]
    found = {
        "removed": [as_data(each) for each in removed],
        "freed": sum(each.size for each in removed),
        "left": sum(each.size for each in left),
        "in_use": sum(each.busy for each in left),
        "dry_run": dry_run,
    }
    because = [(each.entry, each.why) for each in gone]
    emit(found, listing.pruned(str(root), because, left, dry_run=dry_run), as_json=as_json)
