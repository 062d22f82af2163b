"""The window of a run as a query has it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from loadstone.formats.fill import fill_text
from loadstone.formats.promql_text import duration
from loadstone.measure.probes.probe import PrometheusQueries


@dataclass(frozen=True, kw_only=True)
class QueryWindow:
    """The window of a run, in seconds since 1970; `since`: when the component was started."""

    since: float
    opened: float
    closed: float

    def filled(self, query: str, asked: PrometheusQueries) -> str:
        """A query with the values of all that it names."""
        names = {
            "window": duration(self.closed - self.opened),
            "start": f"{self.opened:.3f}",
            "end": f"{self.closed:.3f}",
        }
        return fill_text(query, {**asked.names, **names})
