"""Output of every command: words for people, or one JSON document with `--json`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
import msgspec


def json_flag(function: Callable[..., Any]) -> Callable[..., Any]:
    """The flag `--json`, the same in every command."""
    flag = click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead.")
    return flag(function)


def emit(value: Any, text: str, *, as_json: bool) -> None:
    """Print `value` as JSON, or else `text`; both end with one newline."""
    if as_json:
        text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    click.echo(text.rstrip("\n"))
