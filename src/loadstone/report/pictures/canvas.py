"""A figure as SVG that lives in a page: coloured by CSS variables, without ids that could clash.

Figures are drawn in stand-in colours. In the SVG each is replaced by the variable it stands for, so
that one picture serves light and dark. The same input gives the same bytes: no dates, and ids that
follow from the picture's name.

Drawing twice would double the page, and a fixed background glares in the dark. The font of the
drawing is wide, so nothing collides in the page's own.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator

from loadstone.report.common import units
from loadstone.report.common.tones import Tone

INK, SOFT, LINE, BAND, CARD = "#010e01", "#010e02", "#010e03", "#010e04", "#010e05"
BASE, HEAD = "#010e06", "#010e07"
TONES = {
    Tone.GOOD: "#010e08",
    Tone.BAD: "#010e09",
    Tone.CALM: "#010e0a",
    Tone.UNSURE: "#010e0b",
    Tone.VOID: "#010e0c",
}
_VARIABLES = {
    INK: "ink",
    SOFT: "soft",
    LINE: "line",
    BAND: "band",
    CARD: "card",
    BASE: "base",
    HEAD: "head",
    **{colour: tone.value for tone, colour in TONES.items()},
}
_TAG = re.compile(r"<[^>]+>")
WIDTH = 4.2  # inches of 100 pixels: as wide as a column of the page
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "loadstone",
    "font.family": "DejaVu Sans",
    "font.size": 10.0,
    "text.parse_math": False,
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.labelcolor": SOFT,
    "axes.labelsize": 9.0,
    "axes.unicode_minus": True,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": LINE,
    "ytick.color": LINE,
    "xtick.labelcolor": SOFT,
    "ytick.labelcolor": SOFT,
    "xtick.labelsize": 9.0,
    "ytick.labelsize": 9.0,
    "grid.color": LINE,
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "path.simplify": True,
}


@dataclass(frozen=True, kw_only=True)
class Tooltip:
    """What a place of a picture, in its coordinates, says when it is pointed at."""

    x: float
    y: float
    text: str


def draw(
    name: str,
    *,
    title: str,
    description: str,
    height: float,
    paint: Callable[[Axes], object],
    spots: Sequence[Tooltip] = (),
) -> str:
    """One picture with one pair of axes, `height` inches high, as an SVG element.

    `name` (letters, digits and hyphens) makes its ids unique in the page. `title` and `description`
    are what a screen reader says.
    """
    sink = io.StringIO()
    with mpl.rc_context(_STYLE), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a letter that the font lacks is drawn by the browser's
        layout = ConstrainedLayoutEngine(w_pad=0.02, h_pad=0.03)
        figure = Figure(figsize=(WIDTH, height), dpi=100, layout=layout)
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        paint(axes)
        figure.savefig(sink, format="svg", transparent=True, metadata={"Date": None})
        pointed = "".join(_spot(figure, axes, height, each) for each in spots)
    picture, end, _ = _embedded(sink.getvalue(), name, title, description).rpartition("</svg>")
    return picture + pointed + end


def _spot(figure: Figure, axes: Axes, height: float, spot: Tooltip) -> str:
    """An unseen disc with a title, which every browser shows without a script."""
    across, up = figure.transFigure.inverted().transform(axes.transData.transform((spot.x, spot.y)))
    at = f'cx="{72 * WIDTH * across:.1f}" cy="{72 * height * (1 - up):.1f}"'
    return f'<circle {at} r="4.5" fill="transparent"><title>{escape(spot.text)}</title></circle>\n'


def percent_axis(axis: Axis, low: float, high: float, *, most: int) -> None:
    """At most `most` ticks between two relative changes, all with the same decimals."""
    ticks = [float(tick) for tick in MaxNLocator(most).tick_values(low, high)]
    inside = [tick for tick in ticks if low <= tick <= high]
    step = 100 * (ticks[1] - ticks[0])
    decimals = next((d for d in range(3) if abs(step * 10**d - round(step * 10**d)) < 1e-6), 3)
    labels = [f"{units.figure(100 * tick, decimals, signed=True)} %" for tick in inside]
    axis.set_ticks(inside, labels=labels)


def _embedded(svg: str, name: str, title: str, description: str) -> str:
    """The SVG as part of a page. Only tags are rewritten: what stands between them is text."""
    body = re.sub(
        r"<metadata>.*?</metadata>|<style.*?</style>", "", svg[svg.index("<svg") :], flags=re.DOTALL
    )
    box = re.search(r'viewBox="([^"]+)"', body)
    used = dict.fromkeys(re.findall(r'<[^>]*(?:xlink:href="#|url\(#)([^")]+)', body))
    ids = {old: f"{name}-{number}" for number, old in enumerate(used)}
    _, _, body = _TAG.sub(lambda tag: _rewritten(tag.group(), ids), body).partition(">")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="{box.group(1) if box else "0 0 100 100"}" role="img" '
        f'aria-labelledby="{name}-title {name}-about">\n'
        f'<title id="{name}-title">{escape(title)}</title>\n'
        f'<desc id="{name}-about">{escape(description)}</desc>{body}'
    )


def _rewritten(tag: str, ids: Mapping[str, str]) -> str:
    """One tag: the picture's own ids, the page's colours and letters, short coordinates."""

    def own_id(match: re.Match[str]) -> str:
        return f' id="{ids[match.group(1)]}"' if match.group(1) in ids else ""

    tag = re.sub(r' id="([^"]+)"', own_id, tag)
    tag = re.sub(r'((?:xlink:href="|url\()#)([^")]+)', lambda m: m.group(1) + ids[m.group(2)], tag)
    tag = re.sub(r' (?:d|x|y|transform)="[^"]+"', _rounded, tag)
    tag = re.sub(r"font: ([\d.]+px) [^;\"]*", r"font: \1 var(--sans)", tag)
    for colour, variable in _VARIABLES.items():
        tag = tag.replace(colour, f"var(--{variable})")
    return re.sub(r"\s*\n\s*", " ", tag)


def _rounded(attribute: re.Match[str]) -> str:
    """Coordinates to a tenth of a unit, which is about a tenth of a pixel."""
    return re.sub(
        r"-?\d+\.\d{2,}", lambda number: f"{float(number.group()):.1f}", attribute.group()
    )
