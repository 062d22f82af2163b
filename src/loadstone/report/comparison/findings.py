"""Findings of a judgement, as the headline needs them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loadstone.model import Judgement, Verdict
from loadstone.report.common.rows import ReportRow
from loadstone.report.comparison.view import InvalidRuns, ObjectiveRow


@dataclass(frozen=True, kw_only=True)
class Findings:
    """A judgement and its rows. `changed` is ranked; `rows` are all rows of single cases.

    `measured`: whether there were runs; `alone`: whether all are of the head; `lead`: what changed
    about how costs grow, in words.
    """

    judgement: Judgement
    changed: Sequence[ReportRow]
    rows: Sequence[ReportRow]
    missed: Sequence[ObjectiveRow]
    void: Sequence[InvalidRuns]
    measured: bool = True
    alone: bool = False
    lead: Sequence[str] = ()
    unmeasured: int = 0  # gated rows without a value on either side

    @property
    def first(self) -> bool:
        """Whether there is nothing to say but that there was nothing to compare the head with."""
        unsure = self.judgement.verdict is Verdict.INCONCLUSIVE
        return self.alone and unsure and not self.missed

    @property
    def gated(self) -> Sequence[ReportRow]:
        """The changed rows that decide the verdict."""
        return [item for item in self.changed if item.gated]

    @property
    def blind(self) -> Sequence[ReportRow]:
        """The gated rows in which so few pairs could not have shown any change."""
        return [item for item in self.rows if item.gated and item.comparison.blind]

    @property
    def settled(self) -> bool:
        """Whether every gated row is known to be within its margin."""
        gated = [item for item in self.rows if item.gated]
        unchanged = all(item.verdict is Verdict.UNCHANGED for item in gated)
        return bool(gated) and unchanged and not self.unmeasured

    @property
    def why(self) -> str:
        """The commonest reason for which runs do not count, or what a row says of itself."""
        lost = {item.case for item in self.rows if item.verdict is Verdict.INVALID}
        known = sorted(self.void, key=lambda each: each.case not in lost)
        if known:
            return known[0].reason
        rows = sorted(self.rows, key=lambda item: item.verdict is not Verdict.INVALID)
        return next((note for item in rows for note in [*item.notes, *item.case_notes]), "")

    def why_in(self, case: str) -> str:
        """The commonest reason for which runs of a case do not count."""
        return next((each.reason for each in self.void if each.case == case), "")
