"""Files with many mistakes, and what must be said of them, in `tests/golden/plan/`.

`python -m tests.plan.golden` writes the answers anew; look at the difference before committing it.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from loadstone.errors import InvalidFile
from loadstone.plan.components import parse_component
from loadstone.plan.scenarios import parse_scenario
from tests.plan.sample import COMPONENT, SCENARIO, edited

FOLDER = Path(__file__).parents[1] / "golden" / "plan"

BROKEN_SCENARIO = edited(
    SCENARIO,
    ("axes:\n  routes", "axis:\n  routes"),
    ("window: 4s", "window: 4 parsecs"),
    ("[600B, 22kB]", "[600B, 23kB]"),
    ("r${i}.test", "r${j}.test"),
    ("{do: await, template: route}", "{do: await, template: rote, timout: 5s}"),
    ("metric: latency_p99,", "metric: latency_p9,"),
)
BROKEN_COMPONENT = edited(
    COMPONENT,
    ("ports: [http, admin]", "ports: [http, admin, http]"),
    ('"${api}"', '"${apis}"'),
    ("http://${admin}/ready", "${admin}/ready"),
    ("traffic", "trafic"),
    ("'reloads_total{result=\"ok\"}'", "'reloads_total{result=ok}'"),
    ("{{ http }}", "{{ htpp }}"),
)
FILES: Mapping[str, tuple[Callable[[str, str], Any], str]] = {
    "scenario-problems.txt": (parse_scenario, BROKEN_SCENARIO),
    "component-problems.txt": (parse_component, BROKEN_COMPONENT),
}


def said(name: str) -> str:
    """What is said of the file, as a user reads it."""
    parse, text = FILES[name]
    try:
        parse(text, name.split("-", maxsplit=1)[0] + ".yaml")
    except InvalidFile as error:
        return f"{error}\n"
    return ""


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for each in FILES:
        (FOLDER / each).write_text(said(each), encoding="utf-8")
