"""`loadstone init`: the files by which a repository on GitHub uses Loadstone."""

from __future__ import annotations

from pathlib import Path

import click

from loadstone.cli.output import emit, json_flag


@click.command(name="init")
@click.argument(
    "directory", type=click.Path(path_type=Path, file_okay=False), default=Path(), metavar="[DIR]"
)
@click.option(
    "--action",
    default="",
    metavar="OWNER/loadstone@COMMIT",
    help="The commit of the action that workflows use; else the one that this was installed from.",
)
@click.option("--update", is_flag=True, help="Write those anew that you have not changed.")
@json_flag
def command(*, directory: Path, action: str, update: bool, as_json: bool) -> None:
    """Write a configuration, a component and workflows into the repository of DIR (here, else).

    A file that is there is left alone, and what this version would write otherwise is shown.
    """
    from loadstone.flows import init
    from loadstone.report.listings import repository_files

    proposed = init.propose(directory, action=action)
    written = init.write(directory, proposed, update=update)
    files = [{"path": each.path, "state": each.state, "diff": each.diff} for each in proposed]
    shown = repository_files.proposed(proposed, written)
    emit({"files": files, "written": written}, shown, as_json=as_json)
