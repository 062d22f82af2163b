"""`loadstone plan`: what would run, how long, and stop."""

from __future__ import annotations

from typing import Any

import click

from loadstone.cli.options import request, sketch_options
from loadstone.cli.output import emit, json_flag


@click.command(name="plan")
@sketch_options
@json_flag
def command(*, as_json: bool, **flags: Any) -> None:
    """Show what `run` would measure, how long it takes and what is missing for it, and stop."""
    from loadstone.flows import prepare
    from loadstone.flows.foretold_price import foretold
    from loadstone.flows.knowledge import usual_values
    from loadstone.flows.knowledge.reached import reached
    from loadstone.flows.lacking_parts import lacking
    from loadstone.plan.shards import part
    from loadstone.report.plan.console import terminal

    asked = request(flags)
    job = prepare.sketch(asked)
    baselines, unreached = reached(asked.config.baselines, job.plan)
    known = usual_values.usual(job.plan, baselines)
    missing = lacking(job, asked)
    priced = foretold(job, asked)
    notes = [*job.notes, *missing, *priced, *unreached, *usual_values.above_usual(job.plan, known)]
    mine = part(job.plan)
    emit(mine, terminal(mine, notes), as_json=as_json)
