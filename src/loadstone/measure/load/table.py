"""The table of load generators, by the name that `--generator` takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from loadstone.errors import UsageError
from loadstone.measure.load.builtin_generator import OpenLoop
from loadstone.measure.load.generator import Generator
from loadstone.measure.load.k6 import K6
from loadstone.system.tools import find

Make = Callable[[Mapping[str, Path]], Generator]  # from the programs that are configured

GENERATORS: Mapping[str, Make] = {
    "openloop": lambda _: OpenLoop(),
    "k6": lambda configured: K6(find("k6", configured)),
}


def generator(
    name: str,
    configured: Mapping[str, Path] | None = None,
    table: Mapping[str, Make] = GENERATORS,
) -> Generator:
    """Make the generator called `name`; `configured` names programs that are to be used.

    Raises `UsageError` for a name that is none, `MissingTool` when its program is not here.
    """
    if name not in table:
        raise UsageError(
            f"there is no load generator `{name}`", next_step=f"choose one of {', '.join(table)}"
        )
    return table[name](configured or {})
