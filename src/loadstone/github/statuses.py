"""Commit statuses."""

from __future__ import annotations

from loadstone.github.client import Client
from loadstone.github.refusals import in_words
from loadstone.model.bot import SetStatus

DESCRIPTION = 140  # characters, the most that GitHub takes


def set_status(client: Client, wanted: SetStatus) -> None:
    """Set it. The newest of a context counts, so it is sent again where its effect is unknown."""
    body = {
        "state": str(wanted.state),
        "context": wanted.context,
        "description": shortened(wanted.description),
    }
    if wanted.target_url:
        body["target_url"] = wanted.target_url

    def send() -> None:
        with in_words(f"the status {wanted.context} of {wanted.sha[:12]}"):
            client.ask("POST", f"/statuses/{wanted.sha}", body=body)

    client.insist(send)


def shortened(description: str) -> str:
    """A description that GitHub takes: one line, cut at a word where it is too long."""
    line = " ".join(description.split())
    if len(line) <= DESCRIPTION:
        return line
    head = line[: DESCRIPTION - 1]
    return f"{head.rsplit(' ', 1)[0] if ' ' in head else head}…"
