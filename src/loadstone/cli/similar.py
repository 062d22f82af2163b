"""`loadstone similar`: by how much a scenario differs between two providers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from loadstone.cli import complete
from loadstone.cli.options import PLACE, cluster_options, config_option, naming
from loadstone.cli.output import emit, json_flag

if TYPE_CHECKING:
    from loadstone.flows.similar import SimilarRequest

_FILED = (
    *("scenarios", "component", "tier", "cases", "seed", "generator"),
    *("kubeconfig", "context", "place"),
)


@click.command(name="similar")
@click.argument("first", shell_complete=complete.providers)
@click.argument("second", shell_complete=complete.providers)
@click.option(
    "--scenario",
    "-s",
    "scenarios",
    multiple=True,
    required=True,
    shell_complete=complete.scenarios,
    help="A scenario, a family of them, or a file. May be given several times.",
)
@click.option(
    "--component",
    "-c",
    required=True,
    shell_complete=complete.components,
    help="A component, or its file.",
)
@click.option("--revision", required=True, help="What is measured on both.")
@click.option(
    "--rounds",
    type=click.IntRange(min=3),
    default=6,
    show_default=True,
    help="Runs of every case on each.",
)
@click.option(
    "--tier",
    default="quick",
    show_default=True,
    shell_complete=complete.tiers,
    help=" or ".join(complete.TIERS) + ".",
)
@click.option(
    "--case",
    "cases",
    default="*",
    shell_complete=complete.cases,
    help="Only the cases whose name matches this glob.",
)
@click.option("--seed", default=0, show_default=True, help="Of the random order of runs.")
@click.option(
    "--generator",
    default="openloop",
    show_default=True,
    shell_complete=complete.generators,
    help="What sends the load.",
)
@cluster_options
@PLACE
@config_option(*_FILED)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out/similar"),
    show_default=True,
    help="Where the rounds and the reports go.",
)
@json_flag
def command(*, as_json: bool, **flags: Any) -> int:
    """Say by how much a scenario differs between two providers, FIRST and SECOND.

    One revision is measured on both by turns. What agrees on a cheap cluster need not be measured
    on a dear one.
    """
    from loadstone.cli.progress import progress
    from loadstone.flows import similar
    from loadstone.report.similar import terminal

    wanted = _wanted(flags)
    with progress(quiet=as_json) as watch:
        found = similar.run(wanted, watch=watch)
    emit(found, terminal(found), as_json=as_json)
    return 0


def _wanted(flags: dict[str, Any]) -> SimilarRequest:
    from loadstone.flows import settings
    from loadstone.flows.request import Request
    from loadstone.flows.similar import SimilarRequest

    flags = dict(flags)
    named = flags.pop("config_file")
    config = naming(settings.read_config(named), flags)
    providers = (flags.pop("first"), flags.pop("second"))
    rounds, revision = flags.pop("rounds"), flags.pop("revision")
    request = Request(
        base=revision,
        head=revision,
        provider=providers[0],
        config=config,
        config_file=named,
        **flags,
    )
    return SimilarRequest(request=request, providers=providers, rounds=rounds)
