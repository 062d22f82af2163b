"""`loadstone plan`: what would run, how long, and stop."""

from __future__ import annotations

from typing import Any

import click

from loadstone.cli.options import request, request_options
from loadstone.cli.output import emit, json_flag


@click.command(name="plan")
@request_options
@json_flag
def command(*, as_json: bool, **flags: Any) -> None:
    """Show what `run` would measure and how long it takes, and stop."""
    from loadstone.flows import prepare
    from loadstone.flows.knowledge import usual_values
    from loadstone.report.plan.console import terminal
    from loadstone.store.table import open_store

    asked = request(flags)
    job = prepare.sketch(asked)
    known = usual_values.usual(job.plan, open_store(asked.config.baselines))
    notes = [*job.notes, *usual_values.above_usual(job.plan, known)]
    emit(job.plan, terminal(job.plan, notes), as_json=as_json)
