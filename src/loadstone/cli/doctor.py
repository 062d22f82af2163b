"""`loadstone doctor`: what this machine can run, or what a repository lacks, and how to mend it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from loadstone.cli.options import cluster_options, config_option, naming
from loadstone.cli.output import emit, json_flag
from loadstone.model import PLACES

if TYPE_CHECKING:
    from loadstone.formats.configuration import Config


@click.command(name="doctor")
@click.option(
    "--github",
    is_flag=True,
    help="Check the workflows and the configuration of the repository here, not the machine.",
)
@click.option(
    "--rights",
    is_flag=True,
    help="Print the ClusterRole that the provider `existing` needs, and what of it we have not.",
)
@cluster_options
@click.option(
    "--place",
    type=click.Choice(PLACES),
    default=PLACES[0],
    show_default=True,
    help="With --rights: for programs on this machine, or for pods of the cluster.",
)
@config_option("kubeconfig", "context", "place")
@json_flag
def command(*, github: bool, rights: bool, config_file: str, as_json: bool, **named: str) -> int:
    """Show what this machine can run, and how to mend what is missing."""
    import msgspec

    from loadstone.flows import settings

    if github:
        return _github(as_json=as_json)
    place = named.pop("place")
    config = naming(settings.read_config(config_file), named)
    config = msgspec.structs.replace(config, place=place)
    return _rights(config, as_json=as_json) if rights else _machine(config, as_json=as_json)


def _rights(config: Config, *, as_json: bool) -> int:
    from loadstone.flows import rights
    from loadstone.report.listings import rights as listing

    found = rights.rights(config)
    emit(
        [{"right": str(each), "granted": each.granted, "use": each.use} for each in found],
        listing.cluster_role(found),
        as_json=as_json,
    )
    return 2 if any(each.lacking for each in found) else 0


def _machine(config: Config, *, as_json: bool) -> int:
    from loadstone.flows import doctor
    from loadstone.report.listings import checks as listing

    checks = doctor.checks(config)
    emit(checks, listing.terminal(checks), as_json=as_json)
    return 2 if any(check.needed and not check.good for check in checks) else 0


def _github(*, as_json: bool) -> int:
    from loadstone.flows import doctor_github
    from loadstone.report.listings import repository_files

    found = doctor_github.findings(Path())
    emit(found, repository_files.findings(found), as_json=as_json)
    return 2 if any(each.severity != "advice" for each in found) else 0
