"""`loadstone doctor`: what this machine can run, and how to mend what is missing."""

from __future__ import annotations

import click

from loadstone.cli.options import config_option
from loadstone.cli.output import emit, json_flag


@click.command(name="doctor")
@config_option()
@json_flag
def command(*, config_file: str, as_json: bool) -> int:
    """Show what this machine can run, and how to mend what is missing."""
    from loadstone.flows import doctor, settings
    from loadstone.report.common.tables import table

    checks = doctor.checks(settings.read_config(config_file))
    mends = ("" if check.good else check.mend for check in checks)
    rows = [(c.mark, c.name, c.found, mend) for c, mend in zip(checks, mends, strict=True)]
    emit(checks, table(("", "what", "found", "to mend it"), rows), as_json=as_json)
    return 2 if any(check.needed and not check.good for check in checks) else 0
