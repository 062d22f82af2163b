"""What the steps and probes of a run come to."""

from __future__ import annotations

import math

from loadstone.measure.steps.outcome import NOTHING, Outcome
from loadstone.model import Note


def test_what_is_no_number_is_left_out_with_a_note():
    note = Note(code="before", data={"text": "it was so before"})
    found = Outcome(
        quantities={"a": 1.0, "b": math.nan, "c": -math.inf},
        series={"a": [[0.0, 1.0]], "s": [[0.0, 1.0], [1.0, math.inf], [2.0, 3.0]]},
        notes=[note],
    ).finite()
    assert found.quantities == {"a": 1.0}
    assert found.series == {"a": [[0.0, 1.0]], "s": [[0.0, 1.0], [2.0, 3.0]]}
    assert list(found.notes) == [
        note,
        Note.of("not-a-number", names="b, c, s"),
    ]


def test_where_all_is_a_number_nothing_is_said():
    found = Outcome(quantities={"a": 1.0}, series={"s": [[0.0, 1.0]]})
    assert found.finite() == Outcome(
        quantities={"a": 1.0}, series={"s": [[0.0, 1.0]]}, notes=found.notes
    )
    assert NOTHING.finite() == NOTHING
