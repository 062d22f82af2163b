"""Outbox of a job: what it could not deliver, as a file that `loadstone deliver` sends."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from loadstone.action import artifact
from loadstone.action.runner import RunnerContext, run_label
from loadstone.github import outbox
from loadstone.github.perform import UndeliveredEffect
from loadstone.model.bot import ReleaseAsset

OUTBOX = "loadstone-outbox"  # in the workspace
SAID = "what is not delivered is kept: loadstone deliver FILE sends it again"


def kept(
    run: RunnerContext, undelivered: Sequence[UndeliveredEffect], *, origin: str
) -> Mapping[str, str]:
    """Keep effects, files that they need among them; the outputs that have it uploaded.

    `origin`: what they follow from, as it was when they were tried.
    """
    folder = artifact.emptied(run.workspace / OUTBOX)
    inside = [_inside(each, folder) for each in undelivered]
    file = outbox.written(
        outbox.Outbox(repository=run.repository, origin=origin, undelivered=inside)
    )
    (folder / "outbox.json").write_bytes(file)
    return {"directory": OUTBOX, "artifact": f"{OUTBOX}-{run_label(run.run, run.attempt)}"}


def _inside(each: UndeliveredEffect, folder: Path) -> UndeliveredEffect:
    """An effect whose file lies beside the outbox."""
    effect = each.effect
    if not isinstance(effect, ReleaseAsset) or not Path(effect.path).is_file():
        return each
    shutil.copyfile(effect.path, folder / effect.name)
    return replace(each, effect=replace(effect, path=effect.name))
