"""The outcome of steps: quantities, histograms and reasons, folded into one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite

from loadstone.errors import MeasurementFailed
from loadstone.model import Note

Series = Mapping[str, Sequence[Sequence[float]]]


class StepFailed(MeasurementFailed):
    """A step that could not be done: the run is over, and invalid for `reason`."""

    def __init__(self, reason: Note) -> None:
        super().__init__(reason.code)
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Quantities in base units by dotted name, histograms and series as in `model.Run`."""

    quantities: Mapping[str, float] = field(default_factory=dict)
    histograms: Mapping[str, str] = field(default_factory=dict)
    series: Series = field(default_factory=dict)
    invalid: Sequence[Note] = ()
    notes: Sequence[Note] = ()

    def __add__(self, other: Outcome) -> Outcome:
        """Both; where a name is in both, the later one counts."""
        return Outcome(
            quantities={**self.quantities, **other.quantities},
            histograms={**self.histograms, **other.histograms},
            series={**self.series, **other.series},
            invalid=(*self.invalid, *other.invalid),
            notes=(*self.notes, *other.notes),
        )

    def finite(self) -> Outcome:
        """The outcome without quantities that are no numbers; a note says what they were.

        A record could not hold it, and one such quantity must not cost the others.
        """
        odd = [name for name, value in self.quantities.items() if not isfinite(value)]
        series = {
            name: [point for point in points if all(map(isfinite, point))]
            for name, points in self.series.items()
        }
        odd += [name for name, points in self.series.items() if len(series[name]) < len(points)]
        left = Note.of("not-a-number", names=", ".join(dict.fromkeys(odd)))
        return replace(
            self,
            quantities={name: value for name, value in self.quantities.items() if name not in odd},
            series=series,
            notes=(*self.notes, left) if odd else self.notes,
        )


NOTHING = Outcome()
