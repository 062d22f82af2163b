"""Flame graphs: two sides' stacks as one differential SVG, or folded as text.

In the graph a function is as wide as the mean of its two costs, so that what the head no longer
calls is still to be seen; the colour tells the change of its share. It is one SVG without scripts,
fonts or links, and follows the reader's light or dark scheme.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from loadstone.profiles.frames import Stack
from loadstone.profiles.names import normal
from loadstone.profiles.pprof import Profile, fold
from loadstone.profiles.sample_type import TYPES

_WIDTH, _ROW, _TOP, _EDGE = 1200.0, 18, 64, 10.0  # px
_LETTER = 6.6  # px of a monospaced letter of 11 px
THINNEST = 0.6  # px; a narrower function is left out, with what it calls
DEEPEST = 120  # rows
_NAMED = 3 * _LETTER + 6  # px; a narrower function shows no name
_STYLE = """
.flame { --paper: #ffffff; --ink: #1f2328; --more: 207, 34, 46; --less: 9, 105, 218;
  --same: #eaeef2; --line: #ffffff; background: var(--paper);
  font: 11px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
@media (prefers-color-scheme: dark) { .flame { --paper: #0d1117; --ink: #e6edf3;
  --more: 248, 81, 73; --less: 56, 139, 253; --same: #262c36; --line: #0d1117; } }
.flame text { fill: var(--ink); pointer-events: none; }
.flame .name { font-size: 14px; font-weight: 600; }
.flame .under { fill: var(--same); stroke: var(--line); }
.flame .more { fill: rgb(var(--more)); stroke: var(--line); }
.flame .less { fill: rgb(var(--less)); stroke: var(--line); }
.flame g:hover > rect { stroke: var(--ink); }
""".strip()


Stacks = Mapping[Stack, float]


@dataclass(kw_only=True)
class _Frame:
    """A function as called from one place: its cost on each side, with all it called."""

    base: float = 0.0
    head: float = 0.0
    calls: dict[str, _Frame] = field(default_factory=dict)

    @property
    def width(self) -> float:
        return (self.base + self.head) / 2


def stacks(profiles: Sequence[Profile], kind: str, *, by: str = "") -> Stacks:
    """The mean of a side's profiles by stack, in the base unit, names made comparable.

    `by`: a sample type, instead of the usual one of `kind`. Raises `ValueError` for no profiles, or
    profiles without that type.
    """
    if not profiles:
        raise ValueError(f"no {kind} profiles")
    sums: dict[Stack, float] = defaultdict(float)
    for profile in profiles:
        for stack, value in fold(profile, by or TYPES.get(kind, "")).items():
            sums[tuple(map(normal, stack))] += value / len(profiles)
    return dict(sums)


def folded(of: Stacks, *, step: float = 1.0) -> str:
    """The stacks as lines of `caller;callee COUNT`, sorted, as flame graph tools read them.

    COUNT is the value in whole steps: with `step=1e-6`, seconds become microseconds.
    """
    counts = {stack: round(value / step) for stack, value in of.items() if stack}
    lines = [
        f"{';'.join(_word(name) for name in stack)} {count}\n"
        for stack, count in counts.items()
        if count
    ]
    return "".join(sorted(lines))


def flame(
    base: Stacks,
    head: Stacks,
    *,
    title: str,
    unit: str,
    thinnest: float = THINNEST,
    deepest: int = DEEPEST,
) -> str:
    """The differential flame graph as SVG text. `unit` is that of the values: `s`, `By` or `1`.

    Left out is what is narrower than `thinnest` pixels of 1,200, with what it calls, what lies
    deeper than `deepest` rows, and the rows at the bottom in which nothing is wide enough for a
    name.
    """
    root = _tree(base, head)
    wide = list(_boxes(root, thinnest))
    named = (level for level, _, width, *_ in wide if width >= _NAMED)
    last = min(max(named, default=0), deepest)
    boxes = [box for box in wide if box[0] <= last]
    depth = max((level for level, *_ in boxes), default=0) + 1
    height = _TOP + depth * _ROW + 12
    body = "\n".join(_box(*box, root=root, unit=unit) for box in boxes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="flame" role="img" '
        f'viewBox="0 0 {_WIDTH:.0f} {height}" aria-label="{_attribute(title)}">\n'
        f"<style>\n{_STYLE}\n</style>\n"
        f'<text x="{_EDGE:.0f}" y="24" class="name">{_plain(title)}</text>\n'
        f'<text x="{_EDGE:.0f}" y="44">{_plain(_legend(root, unit))}</text>\n'
        f"{body}\n</svg>\n"
    )


def _tree(base: Stacks, head: Stacks) -> _Frame:
    root = _Frame()
    for side, of in (("base", base), ("head", head)):
        for stack, value in of.items():
            node = root
            _add(node, side, value)
            for name in stack[:DEEPEST]:
                node = node.calls.setdefault(name, _Frame())
                _add(node, side, value)
    return root


def _add(node: _Frame, side: str, value: float) -> None:
    if side == "base":
        node.base += max(0.0, value)
    else:
        node.head += max(0.0, value)


def _boxes(root: _Frame, thinnest: float) -> Iterator[tuple[int, float, float, str, _Frame]]:
    """Level, left, width (px), name and node of every box wide enough, callers before callees."""
    whole = _WIDTH - 2 * _EDGE
    waiting = [(0, _EDGE, "all", root)]
    while waiting:
        level, left, name, node = waiting.pop()
        width = whole * _share(node.width, root.width)
        if width < thinnest:
            continue
        yield level, left, width, name, node
        for callee in sorted(node.calls):
            waiting.append((level + 1, left, callee, node.calls[callee]))
            left += whole * _share(node.calls[callee].width, root.width)


def _box(
    level: int, left: float, width: float, name: str, node: _Frame, *, root: _Frame, unit: str
) -> str:
    top = _TOP + level * _ROW
    place = f'x="{left:.1f}" y="{top}" width="{width:.1f}" height="{_ROW - 1}"'
    change = _share(node.head, root.head) - _share(node.base, root.base)
    kind = "more" if change > 0 else "less"
    shade = min(1.0, abs(change) / 0.05) * 0.75  # full colour from 5 % of the profile on
    said = f"{name}: {_cost(node.base, root.base, unit)} → {_cost(node.head, root.head, unit)}"
    letters = int((width - 6) / _LETTER)
    label = ""
    if letters >= 3:
        label = f'<text x="{left + 3:.1f}" y="{top + 13}">{_plain(_fitting(name, letters))}</text>'
    return (
        f"<g><title>{_plain(said)}</title>"
        f'<rect class="under" {place}/>'
        f'<rect class="{kind}" fill-opacity="{shade:.2f}" {place}/>{label}</g>'
    )


def _fitting(name: str, letters: int) -> str:
    """The name, or what tells it best in so many letters: a Go path says little, its end much."""
    shown = name if len(name) <= letters else name.rpartition("/")[2] or name
    return shown if len(shown) <= letters else shown[: letters - 1] + "…"


def _legend(root: _Frame, unit: str) -> str:
    return (
        f"base {_value(root.base, unit)} → head {_value(root.head, unit)} a run · "
        "red: a larger share in head · blue: a smaller one · width: mean of both"
    )


def _cost(value: float, whole: float, unit: str) -> str:
    return f"{_value(value, unit)} ({100 * _share(value, whole):.1f} %)"


def _value(value: float, unit: str) -> str:
    """A cost for people; the numbers themselves stay in base units everywhere else."""
    if unit == "By":
        return f"{value / 1024:.4g} KiB" if value < 2**20 else f"{value / 2**20:.4g} MiB"
    if unit == "s":
        return f"{value * 1000:.4g} ms" if value < 1 else f"{value:.4g} s"
    return f"{value:.4g}"


def _share(value: float, whole: float) -> float:
    return value / whole if whole else 0.0


def _word(name: str) -> str:
    return " ".join(name.replace(";", ":").split()) or "?"


def _plain(text: str) -> str:
    """Text that XML can carry: markup escaped, control signs and lone surrogates replaced."""
    fit = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)
    return escape(fit)


def _attribute(text: str) -> str:
    return _plain(text).replace('"', "&quot;")
