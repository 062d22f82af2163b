"""`loadstone audit`: how often reports on two equal revisions alarm here, and what follows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from loadstone.cli import complete
from loadstone.cli.options import STORE, config_option
from loadstone.cli.output import emit, json_flag

FILED = ("scenarios", "component", "tier", "provider", "cases", "seed")  # from loadstone.yaml


@click.command(name="audit")
@click.argument("saved", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--store", "root", default="", help=f"Where baselines and the audit are kept: {STORE}."
)
@click.option("--anew", is_flag=True, help="Judge the records anew instead of as they were judged.")
@click.option("--dry-run", is_flag=True, help="Write nothing beside the baselines.")
@click.option(
    "--run", "sessions", type=click.IntRange(1), help="First measure so many A/A sessions."
)
@click.option(
    "--scenario",
    "-s",
    "scenarios",
    multiple=True,
    shell_complete=complete.scenarios,
    help="With --run: a scenario.",
)
@click.option(
    "--component",
    "-c",
    default="",
    shell_complete=complete.components,
    help="With --run: the component.",
)
@click.option("--revision", default="", help="With --run: what stands on both sides.")
@click.option(
    "--tier",
    default="quick",
    show_default=True,
    shell_complete=complete.tiers,
    help="With --run: quick, pr, release.",
)
@click.option("--provider", "-p", default="memory", show_default=True, help="With --run.")
@click.option(
    "--case",
    "cases",
    default="*",
    shell_complete=complete.cases,
    help="With --run: only cases that match this glob.",
)
@click.option("--seed", default=0, show_default=True, help="With --run: of the first session.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out/audit"),
    show_default=True,
    help="With --run: where the sessions go, a folder for each seed.",
)
@config_option(*FILED)
@json_flag
def command(
    *,
    saved: tuple[Path, ...],
    root: str,
    anew: bool,
    dry_run: bool,
    sessions: int | None,
    config_file: str,
    as_json: bool,
    **flags: Any,
) -> int:
    """Audit A/A comparisons: records, directories that `run` wrote, and those in the store."""
    from loadstone.cli.progress import progress
    from loadstone.flows import audit
    from loadstone.flows.settings import read_config
    from loadstone.report.audit.console import terminal
    from loadstone.store.table import open_store

    config = read_config(config_file)
    store = open_store(root or config.baselines)
    with progress(quiet=as_json) as watch:
        asked = {**flags, "config": config, "config_file": config_file}
        measured = audit.measure(sessions, watch=watch, **asked) if sessions else []
    found, kept = audit.run([*saved, *measured], store, anew=anew, dry_run=dry_run)
    emit(found, terminal(found, kept), as_json=as_json)
    return 0
