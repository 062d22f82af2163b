"""The base of all kinds of steps: their fields in a file, and what planning knows of them.

A kind of step is a file here (what may be written, pure) and one of the same name in
`measure/steps` (what is done); `formats.steps` and `measure.steps.table` list the kinds, and a kind
that only one of them has is an error when the tables are imported.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, NamedTuple

from loadstone.formats.fields import Spec
from loadstone.formats.quantities import MeasuredQuantity


class Limit(NamedTuple):
    """The bounds of a step's number once axes are bound."""

    least: float
    whole: bool = False  # whole numbers only
    above: bool = False  # more than `least`, not just as much


class Mistake(NamedTuple):
    """A mistake in a step by itself, beyond its shape."""

    field: str
    what: str
    hint: str = ""


class StepFormat(Spec, frozen=True, kw_only=True):
    """A step of a scenario file. Class variables hold for every step of its kind."""

    # lasts as long as the window, instead of holding up the next step until it is done
    background: ClassVar[bool] = False
    # sends requests to the component itself, whatever its template says
    sends: ClassVar[bool] = False
    # asks the routes of its template, which needs a `check` and copies that are there
    asks_routes: ClassVar[bool] = False
    # waits until copies are right, which needs a `check` or `right`, and copies that are there
    awaits_right: ClassVar[bool] = False
    # acts on copies of its template that are there
    needs_copies: ClassVar[bool] = False
    # histograms that it also gives by expectation, as `reconcile.ready`
    expectations: ClassVar[tuple[str, ...]] = ()
    # makes copies of its template, whose objects need names that differ
    makes_copies: ClassVar[bool] = False
    # tells one version of a copy from the next by its check
    tells_versions: ClassVar[bool] = False
    limits: ClassVar[Mapping[str, Limit]] = {}  # by field
    quantities: ClassVar[Mapping[str, MeasuredQuantity]] = {}

    @classmethod
    def kind(cls) -> str:
        """The word after `do:`."""
        return str(cls.__struct_config__.tag)

    def gives(self) -> str:
        """What the names of its quantities begin with, which no other step may give; or ""."""
        return ""

    def mistakes(self) -> Iterator[Mistake]:
        """What is wrong with it by itself."""
        yield from ()

    def seconds(self, _objects: Mapping[str, int]) -> float:
        """The seconds it holds up the next step, roughly. `objects`: of a copy, by template."""
        return 0.0

    def observations(self, _histogram: str, _window: float) -> float | None:
        """The number of values of a histogram that a run gets from it; None where it gives none."""
        return None

    def of_copies(self, _histogram: str, _made: float, _before: float) -> float | None:
        """The same, where that depends on the copies of its template that there are.

        `made`: those that we made while the component ran; `before`: those of before its start.
        """
        return None

    def most(self, _window: float) -> Mapping[str, float]:
        """The largest values that its quantities can have, as far as the file says them."""
        return {}

    def sockets(self) -> tuple[int, int]:
        """Connections that it holds idle, and that carry load."""
        return 0, 0


def bound(value: float | str) -> float:
    """A number of a step; one that is an axis, not bound yet, counts as 0."""
    return value if isinstance(value, int | float) else 0.0
