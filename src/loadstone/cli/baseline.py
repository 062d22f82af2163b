"""`loadstone baseline`: keep records of earlier days."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from loadstone.cli.options import config_option, store_option
from loadstone.cli.output import emit, json_flag

if TYPE_CHECKING:
    from loadstone.store.protocol import Store


@click.group(name="baseline")
def command() -> None:
    """Keep records of earlier days: save, list, show, prune."""


@command.command(name="save")
@click.argument("saved", type=click.Path(path_type=Path), default=Path("out"))
@store_option()
@config_option("saved")
@json_flag
def save(*, saved: Path, root: str, config_file: str, as_json: bool) -> None:
    """Keep a record; the same one is kept once, and none is ever overwritten."""
    from loadstone.flows import judge, output_directory
    from loadstone.flows.knowledge import noise
    from loadstone.report.listings import baselines as listing

    store = _store(root, config_file)
    record = judge.judged(output_directory.load(saved), baselines=store)
    there = {entry.key for entry in store.list()}
    kept = store.save(record)
    learnt = noise.refresh(store.get(kept.key), store).reports
    text = listing.saved(kept.key, there=kept.key in there, learnt=learnt)
    emit(kept, text, as_json=as_json)


@command.command(name="list")
@store_option()
@click.option("--component", "-c", default="", help="Only this component.")
@config_option()
@json_flag
def list_(*, root: str, config_file: str, component: str, as_json: bool) -> None:
    """List the records, the newest first."""
    from loadstone.report.listings import baselines as listing
    from loadstone.store.protocol import Query

    entries = _store(root, config_file).list(Query(component=component))
    emit(entries, listing.terminal(entries), as_json=as_json)


@command.command(name="show")
@click.argument("key")
@store_option()
@config_option()
@json_flag
def show_(*, key: str, root: str, config_file: str, as_json: bool) -> None:
    """Show one record's report."""
    from loadstone.cli.exit import show
    from loadstone.flows import judge

    store = _store(root, config_file)
    record = judge.judged(store.get(key), baselines=store)
    emit(record, show(record), as_json=as_json)


@command.command(name="prune")
@click.option(
    "--keep", default=20, show_default=True, help="Newest records to keep of each series."
)
@store_option()
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@config_option()
@json_flag
def prune(*, keep: int, root: str, config_file: str, dry_run: bool, as_json: bool) -> None:
    """Remove all but the newest records of each series."""
    from loadstone.report.listings import baselines as listing

    gone = [each.key for each in _store(root, config_file).prune(keep, dry_run=dry_run)]
    text = listing.pruned(gone, dry_run=dry_run)
    emit({"removed": gone, "dry_run": dry_run}, text, as_json=as_json)


def _store(asked: str, config_file: str) -> Store:
    from loadstone.flows.settings import read_config
    from loadstone.store.table import open_store

    return open_store(asked or read_config(config_file).baselines)
