"""The page of a flame graph: one script of ours, named by its hash, and data that is not run."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import msgspec
from jinja2 import Template

from loadstone.report.common.html_page import POLICY, environment
from loadstone.report.common.plain import plain

_WIDEST = 200
_COLOURS = (
    "Red grew and blue shrank, beyond noise; grey is noise.",
    "Red grew and blue shrank; there were too few rounds to say what of it is noise.",
)


@dataclass(frozen=True, kw_only=True)
class FlameNodes:
    """A tree of calls as columns over its nodes, callers before callees; the first is the root.

    `functions` are places in `names`; costs are with all that a node called, in `unit`. `changed`:
    the functions whose cost changed beyond noise, None where nobody judged them.
    """

    names: Sequence[str]
    parents: Sequence[int]
    functions: Sequence[int]
    base: Sequence[float]
    head: Sequence[float]
    unit: str
    changed: Sequence[int] | None = None


def page(nodes: FlameNodes, *, title: str, about: str) -> str:
    """The page as text; names are somebody else's, and are data in it."""
    data = {
        "names": [plain(name, most=_WIDEST) for name in nodes.names],
        "parents": nodes.parents,
        "functions": nodes.functions,
        "base": [_short(value) for value in nodes.base],
        "head": [_short(value) for value in nodes.head],
        "unit": nodes.unit,
        "judged": nodes.changed is not None,
        "changed": nodes.changed or (),
    }
    text = msgspec.json.encode(data).decode()
    for sign in "<>&\u2028\u2029":  # so that no name ends the element it stands in
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    script = _script()
    return _template().render(
        title=plain(title),
        about=plain(about, most=600),
        colours=_COLOURS[nodes.changed is None],
        data=text,
        script=script,
        policy=f"{POLICY}; script-src '{_hash(script)}'",
    )


def _short(value: float) -> float:
    return float(f"{value:.6g}")


def _hash(script: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


@cache
def _script() -> str:
    source: str = environment().get_template("flame.js").render()
    return source


@cache
def _template() -> Template:
    return environment().get_template("flame.html.jinja")
