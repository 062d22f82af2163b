"""Padding of the environment and paths, drawn anew for every run so that layout is noise.

The size of the environment and the length of arguments shift a program's stack, and with it speed
by a percent or more (Mytkowicz and others 2009). A constant shift would be taken for a change, or
hide one; drawn anew for every run it is noise, which rounds average out.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from loadstone.model.plan import Slot

VARIABLE = "LOADSTONE_PADDING"
_ENVIRONMENT = 4096  # bytes: a page, after which the stack begins alike again
_PATH = 16  # bytes: what a stack is aligned to


@dataclass(frozen=True, kw_only=True)
class Padding:
    """Bytes by which a component's environment and the path of its directory are longer."""

    environment: int = 0
    path: int = 0

    def variables(self) -> dict[str, str]:
        """The variables that are added to the component's environment."""
        return {VARIABLE: "x" * self.environment} if self.environment else {}

    def directory(self, name: str) -> str:
        """The name of its directory, which stands in its arguments as `${dir}`."""
        return name + "-" + "x" * self.path if self.path else name

    def quantities(self) -> dict[str, float]:
        """The quantities that a run records of it."""
        return {
            "padding.environment_bytes": float(self.environment),
            "padding.path_bytes": float(self.path),
        }


NONE = Padding()


def padding(seed: int, slot: Slot) -> Padding:
    """The padding of a run: the same for the same run of a plan, another for every other run."""
    drawn = random.Random(f"{seed}/{slot.case}/{slot.round}/{slot.side}")
    return Padding(environment=drawn.randrange(_ENVIRONMENT), path=drawn.randrange(_PATH))
