"""`loadstone completion`: the completion script of a shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")


@click.command(name="completion", epilog='Use: eval "$(loadstone completion bash)"')
@click.argument("shell", type=click.Choice(SHELLS))
@click.option("--json", "as_json", is_flag=True, help="Print the script as a JSON string.")
def command(*, shell: str, as_json: bool) -> None:
    """Print the completion script for a shell."""
    from loadstone.cli import cli
    from loadstone.cli.output import emit

    completion = get_completion_class(shell)
    if completion is None:
        raise click.ClickException(f"no completion for {shell}")
    script = completion(cli, {}, "loadstone", "_LOADSTONE_COMPLETE").source()
    emit({"shell": shell, "script": script}, script, as_json=as_json)
