"""`loadstone sweep`: remove what killed runs left behind."""

from __future__ import annotations

import click

from loadstone.cli.options import cluster_options, config_option, naming
from loadstone.cli.output import emit, json_flag


@click.command(name="sweep")
@cluster_options
@click.option(
    "--eks", "eks_only", is_flag=True, help="Only what is over in AWS, as a scheduled job asks."
)
@config_option("kubeconfig", "context")
@json_flag
def command(*, config_file: str, as_json: bool, eks_only: bool, **named: str) -> None:
    """Remove what killed runs left behind: processes, clusters, work directories.

    In a cluster that is there already only where one is named, and in AWS only where loadstone.yaml
    has a section `eks`; in both, only what is over.
    """
    from loadstone.flows import settings, sweep
    from loadstone.report.listings import files

    config = naming(settings.read_config(config_file), named)
    swept = sweep.sweep_eks(config) if eks_only else sweep.sweep(config)
    emit({"removed": swept}, files.swept(swept), as_json=as_json)
