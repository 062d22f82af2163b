"""`loadstone deliver`: send again what the bot could not deliver."""

from __future__ import annotations

import os
from pathlib import Path

import click

from loadstone.cli.output import emit, json_flag


@click.command(name="deliver")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--api-url",
    envvar="GITHUB_API_URL",
    default="",
    help="The API of a GitHub Enterprise; else GitHub's own.",
)
@json_flag
def command(*, file: Path, api_url: str, as_json: bool) -> int:
    """Send again what could not be delivered: comments, commit statuses, and the like.

    FILE is `outbox.json` of the artifact that the delivering job left. The token is taken from
    GITHUB_TOKEN. What GitHub took meanwhile is not made twice, and a comment that says something
    newer by now stays. What fails again stays in FILE.
    """
    from loadstone.errors import UsageError
    from loadstone.flows import resend

    token = os.environ.get("GITHUB_TOKEN", "")
    if not token:
        raise UsageError(
            "GITHUB_TOKEN is not set", next_step="GITHUB_TOKEN=… loadstone deliver FILE"
        )
    done = resend.run(file, token, url=api_url)
    left = done.undelivered
    lines = [f"delivered: {done.done}", *(f"not delivered: {each.reason}" for each in left)]
    emit(done, "\n".join(lines), as_json=as_json)
    return 3 if left else 0
