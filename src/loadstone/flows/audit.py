"""An audit of false alarms, from A/A sessions to what is demoted: the flow of `loadstone audit`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from loadstone.errors import UsageError
from loadstone.flows import compare, output_directory
from loadstone.flows.judge import judged
from loadstone.flows.knowledge import false_alarms
from loadstone.flows.request import Request
from loadstone.formats.configuration import Config
from loadstone.model.audit import Audit
from loadstone.model.events import Watch, silent
from loadstone.report.common.sentences import in_full
from loadstone.store.protocol import Store


def run(
    saved: Sequence[Path], store: Store, *, anew: bool = False, dry_run: bool = False
) -> tuple[Audit, str | None]:
    """Audit these records and the A/A comparisons of the store; the audit, and where it is kept.

    `anew`: judge the records anew. `dry_run`: keep nothing. Raises `UsageError` where there is no
    A/A comparison.
    """
    given = [(str(path), output_directory.load(path)) for path in saved]
    named = [
        (name, judged(record, anew=anew)) for name, record in [*given, *false_alarms.stored(store)]
    ]
    found = false_alarms.audited(named, store)
    newest = false_alarms.series(named)
    if not found.reports.of or newest is None:
        raise UsageError(
            "there is no A/A comparison to audit" + _why(found),
            next_step="measure some: loadstone audit --run 5 -s SCENARIO -c COMPONENT --revision R",
        )
    return (found, None) if dry_run else false_alarms.keep(named, newest, store)


def measure(
    sessions: int, *, config: Config, out: Path, revision: str, watch: Watch = silent, **asked: Any
) -> list[Path]:
    """Measure A/A sessions with rising seeds; one that is finished already is not repeated.

    `asked`: the rest of each session's `Request`. Returns the directory of each session.
    """
    if not asked["scenarios"] or not asked["component"] or not revision:
        raise UsageError(
            "--run needs to know what to measure",
            next_step="add --scenario S --component C --revision R",
        )
    first = asked.pop("seed")
    folders = [out / f"seed-{seed}" for seed in range(first, first + sessions)]
    for seed, folder in enumerate(folders, start=first):
        if (folder / output_directory.RECORD).exists():
            continue
        request = Request(
            **asked,
            base=revision,
            head=revision,
            seed=seed,
            out=folder,
            config=config,
            resume=(folder / output_directory.ROUNDS).exists(),
        )
        compare.run(request, watch=watch)
    return folders


def _why(found: Audit) -> str:
    reasons = [f"{each.name}: {in_full(each.reason)}" for each in found.refused]
    return "".join(f"\n  {each}" for each in reasons[:10])
