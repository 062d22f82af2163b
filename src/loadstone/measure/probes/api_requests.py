"""The probe `api`: what the component asked of the API server, from the start of the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from loadstone.measure.probes.probe import Cost, ProbeReading, Subject
from loadstone.model import Accounting


@dataclass(frozen=True, kw_only=True)
class ApiData:
    """The API requests of the component alone over a run, by "verb resource user-agent".

    `events` and `sent` are None where they are not known.
    """

    requests: Mapping[str, int]
    events: Mapping[str, int] | None
    sent: Mapping[str, int] | None  # By


class ApiProbe:
    """The probe that reads the accounting of the cluster when the window closes."""

    name = "api"

    def __init__(self) -> None:
        self._cost = Cost()

    def open(self, subject: Subject) -> None:
        self._subject = subject

    def close(self) -> ProbeReading:
        with self._cost:
            before, after = self._subject.before, self._subject.accounting()
            if before is None or after is None:  # nobody counts: nothing is known
                data = None
            else:
                data = of_component(before, after, self._subject.agent)
        return ProbeReading(data=data, cost=self._cost.seconds)

    def stop(self) -> None:
        """Nothing runs between open and close."""


def of_component(before: Accounting, after: Accounting, ours: str) -> ApiData:
    """The requests between two readings by user agents that do not begin with `ours`."""
    alone = after.requests_only
    return ApiData(
        requests=_growth(before.requests, after.requests, ours),
        events=None if alone else _growth(before.events, after.events, ours),
        sent=None if alone else _growth(before.sent, after.sent, ours),
    )


def _growth(before: Mapping[str, int], after: Mapping[str, int], ours: str) -> dict[str, int]:
    grown = {
        key: count - before.get(key, 0)
        for key, count in after.items()
        if not key.split(" ", 2)[-1].startswith(ours)
    }
    return {key: count for key, count in grown.items() if count}
