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
    from loadstone.report.listings import checks as listing

    checks = doctor.checks(settings.read_config(config_file))
    emit(checks, listing.terminal(checks), as_json=as_json)
    return 2 if any(check.needed and not check.good for check in checks) else 0
