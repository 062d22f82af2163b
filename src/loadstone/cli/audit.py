"""`loadstone audit`: how often reports on two equal revisions alarm here, and what follows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from loadstone.cli import complete
from loadstone.cli.options import config_option
from loadstone.cli.output import emit, json_flag

if TYPE_CHECKING:
    from loadstone.flows.settings import Config
    from loadstone.model import Record
    from loadstone.stats.audit.rates import Audit

FILED = ("scenarios", "component", "tier", "provider", "cases", "seed")  # from loadstone.yaml


@click.command(name="audit")
@click.argument("saved", nargs=-1, type=click.Path(path_type=Path))
@click.option("--store", "root", default="", help="Where baselines and the audit are kept.")
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
    from loadstone.errors import UsageError
    from loadstone.flows import audits, compare, output_directory
    from loadstone.flows.settings import read_config
    from loadstone.report.audit.console import show

    config = read_config(config_file)
    store = Path(root or config.baselines)
    measured = _measure(sessions, config=config, quiet=as_json, **flags) if sessions else []
    given = [(str(path), output_directory.load(path)) for path in (*saved, *measured)]
    named = [
        (name, compare.judged(record, anew=anew))
        for name, record in [*given, *audits.stored(store)]
    ]
    found = audits.audited(named, store)
    if not found.reports.of:
        raise UsageError(
            "there is no A/A comparison to audit" + _why(found),
            next_step="measure some: loadstone audit --run 5 -s SCENARIO -c COMPONENT --revision R",
        )
    kept = None if dry_run else audits.save(found, _newest(named), store)
    emit(found, show(found, kept), as_json=as_json)
    return 0


def _measure(
    sessions: int, *, config: Config, quiet: bool, out: Path, revision: str, **flags: Any
) -> list[Path]:
    """Measure A/A sessions with rising seeds; one that is finished already is not repeated."""
    from loadstone.cli.progress import progress
    from loadstone.errors import UsageError
    from loadstone.flows import compare, output_directory
    from loadstone.flows.settings import Request

    missing = [name for name in ("scenarios", "component") if not flags[name]]
    if missing or not revision:
        raise UsageError(
            "--run needs to know what to measure",
            next_step="add --scenario S --component C --revision R",
        )
    first = flags.pop("seed")
    folders = []
    for seed in range(first, first + sessions):
        folder = out / f"seed-{seed}"
        folders.append(folder)
        if (folder / output_directory.RECORD).exists():
            continue
        asked = Request(
            **flags,
            base=revision,
            head=revision,
            seed=seed,
            out=folder,
            config=config,
            resume=(folder / output_directory.ROUNDS).exists(),
        )
        with progress(quiet=quiet) as watch:
            compare.run(asked, watch=watch)
    return folders


def _newest(named: Sequence[tuple[str, Record]]) -> Record:
    from loadstone.flows import audits

    record = audits.series(named)
    assert record is not None  # noqa: S101  (there was one to audit)
    return record


def _why(found: Audit) -> str:
    reasons = [f"{each.name}: {each.reason.text}" for each in found.refused]
    return "".join(f"\n  {each}" for each in reasons[:10])
