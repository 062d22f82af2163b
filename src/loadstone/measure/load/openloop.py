"""The built-in generator as a process of its own: `python -m loadstone.measure.load.openloop`.

`sender` says what it is told and what it answers.
"""

from __future__ import annotations

import uvloop

from loadstone.measure.load import sender
from loadstone.measure.load.engine import Engine
from loadstone.measure.load.generator import LoadPlan

if __name__ == "__main__":
    uvloop.run(sender.main(LoadPlan, Engine))
