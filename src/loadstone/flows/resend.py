"""The sending again of an outbox: the flow of `loadstone deliver`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from loadstone.github import outbox
from loadstone.github.client import DEFAULT_URL, Client
from loadstone.github.perform import DeliveryResult, GithubEffect, perform
from loadstone.model.bot import ReleaseAsset
from loadstone.store import files


def run(
    file: Path, token: str, *, url: str = "", connect: Callable[..., Client] = Client
) -> DeliveryResult:
    """Deliver what a file holds, and leave in it what fails again; an empty one is removed.

    Raises `InvalidFile` for a file that is no outbox.
    """
    found = outbox.read(file)
    beside = [_beside(each.effect, file.parent) for each in found.undelivered]
    with connect(found.repository, token, url=url or DEFAULT_URL) as client:
        done = perform(
            client,
            beside,
            origin=found.origin,
            resent=True,
        )
    if done.undelivered:
        there = dict(zip(map(id, beside), found.undelivered, strict=True))
        left = [replace(each, effect=there[id(each.effect)].effect) for each in done.undelivered]
        files.replace(file, outbox.written(replace(found, undelivered=left)))
    else:
        file.unlink()
    return done


def _beside(effect: GithubEffect, folder: Path) -> GithubEffect:
    """An effect whose file lies beside the outbox, and nowhere else."""
    if not isinstance(effect, ReleaseAsset):
        return effect
    return replace(effect, path=str(folder / Path(effect.path).name))
