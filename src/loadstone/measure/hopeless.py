"""Sessions that are given up: a side that never gets ready, and two that fail in the same way."""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.errors import ComponentFailed
from loadstone.model import Note, Run, Side
from loadstone.model.reasons import NOT_READY, hopeless

_HOPELESS = 3  # runs in a row in which a side never became ready


class NeverReady(ComponentFailed):
    """A side that did not get ready several times in a row; `why`: the reason of the last time."""

    def __init__(self, message: str, *, why: Note, next_step: str) -> None:
        super().__init__(message, next_step=next_step)
        self.why = why


class FailsAlike(NeverReady):
    """Both sides that fail in the same way before any run counts; `why`: the last reason."""


def give_up_on_hopeless(runs: Sequence[Run]) -> None:
    """Raise `NeverReady` or `FailsAlike` where another run would end as those before it."""
    _give_up_on_what_fails_alike(runs)
    for side in Side:
        last = [run for run in runs if run.side is side][-_HOPELESS:]
        whys = [reason for run in last for reason in run.invalid if reason.code == NOT_READY]
        if len(whys) == _HOPELESS:
            raise NeverReady(
                f"{side} did not get ready {_HOPELESS} times in a row",
                why=whys[-1],
                next_step="start it by hand with the command of the component file",
            )


def _give_up_on_what_fails_alike(runs: Sequence[Run]) -> None:
    why = hopeless(runs)
    if why is not None:
        raise FailsAlike(
            f"both sides fail in the same way from the first round on, in {runs[-1].case}",
            why=why,
            next_step="mend the scenario or the component file: another round would fail alike",
        )
