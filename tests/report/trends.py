"""Series to look at reports on them. Made by hand: no statistics are in them."""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.model import Case, Direction, Interval, Metric, Note, Verdict
from loadstone.model.series import ChangePoint, Point, Reading, Series, SeriesRow
from tests.report.samples import CALLS, CPU, HOSTILE, P99, RSS

CASES = [
    Case(scenario="ingress-latency", axes={"connections": 50, "body": 600}),
    Case(scenario="ingress-latency", axes={"connections": 50, "body": 22000}),
]
SMALL, LARGE = (case.name for case in CASES)


def points(count: int = 24) -> list[Point]:
    return [
        Point(
            revision=f"3.{n // 4}.{n % 4}",
            program=f"sha256:{n}",
            started=f"2026-11-{n + 1:02}T05:00:00+00:00",
            key=f"traefik/ingress-latency/quick/here/3.{n // 4}.{n % 4}@{n:012}/x.json",
            commit=f"{n:02x}" * 20,
            facts={"kernel": "6.1", "cores": 2},
        )
        for n in range(count)
    ]


def change(
    metric: Metric,
    place: int,
    size: float,
    *,
    case: str = SMALL,
    verdict: Verdict = Verdict.REGRESSION,
    reach: int = 0,
    method: str = "permutation",
    **fields: object,
) -> ChangePoint:
    stops = points()
    known: dict[str, object] = {
        "before": 0.2,
        "after": 0.2 * (1 + size),
        "points_before": place,
        "points_after": 24 - place,
        "p": 0.0004,
        "threshold": 0.0033,
        "reading": Reading.ABSOLUTE,
        **fields,
    }
    return ChangePoint(
        case=case,
        metric=metric,
        verdict=verdict,
        method=method,
        place=place,
        good=stops[place - 1].revision,
        bad=stops[place].revision,
        earliest=stops[place - 1 - reach].revision,
        latest=stops[place + reach].revision,
        first=place - 1 - reach,
        last=place + reach,
        since=stops[place].started,
        change=Interval(estimate=size, low=size - 0.02, high=size + 0.02)
        if method == "permutation"
        else Interval(estimate=size, low=size, high=size),
        **known,  # type: ignore[arg-type]
    )


def row(
    metric: Metric, values: Sequence[float | None], case: str = SMALL, **fields: object
) -> SeriesRow:
    reading = fields.get("reading", Reading.ABSOLUTE)
    return SeriesRow(case=case, metric=metric, values=values, reading=reading)  # type: ignore[arg-type]


def series(**fields: object) -> Series:
    known: dict[str, object] = {
        "component": "traefik",
        "scenarios": ["ingress-latency"],
        "tier": "quick",
        "provider": "memory",
        "environment": "8d6b9759be5e",
        "cases": CASES,
        "points": points(),
        "rows": (),
        "changes": (),
        "alpha": 0.05,
        "delay": 4,
        **fields,
    }
    return Series(**known)  # type: ignore[arg-type]


def busy() -> Series:
    """Every kind of change point, and everything that is worth knowing."""
    nothing = Metric(name="starts", unit="1", direction=Direction.NONE, margin=0.1, gated=False)
    level = [0.2 + 0.001 * (n * 7 % 5) for n in range(24)]
    step = [value * (1.12 if n >= 18 else 1.0) for n, value in enumerate(level)]
    holed: list[float | None] = [None if n == 7 else value for n, value in enumerate(step)]
    wild = [90.0 if n == 5 else 0.1 * n for n in range(24)]
    return series(
        changes=[
            change(CPU, 18, 0.12, reach=1),
            change(
                CPU,
                18,
                0.09,
                case="",
                reach=1,
                before=None,
                after=None,
                warnings=[Note(code="all-alike")],
            ),
            change(
                CALLS,
                18,
                1 / 412,
                method="exact",
                before=412,
                after=413,
                case=LARGE,
            ),
            change(
                RSS,
                9,
                -0.2,
                verdict=Verdict.IMPROVEMENT,
                before=118e6,
                after=94e6,
                reading=Reading.SUITE,
                warnings=[Note(code="beside-suite")],
            ),
            change(nothing, 15, 0.5, verdict=Verdict.INCONCLUSIVE, before=2.0, after=3.0),
            change(
                P99,
                5,
                0.3,
                verdict=Verdict.INCONCLUSIVE,
                same=True,
                warnings=[
                    Note(
                        code="surroundings",
                        data={"fact": "kernel", "before": "6.1", "after": "6.2"},
                    )
                ],
            ),
        ],
        rows=[
            row(CPU, holed),
            row(CPU, [value - 0.2 for value in step], case=""),
            row(CALLS, [413.0 if n >= 18 else 412.0 for n in range(24)], case=LARGE),
            row(
                RSS, [-0.2 if n >= 9 else 0.01 * (n % 3) for n in range(24)], reading=Reading.SUITE
            ),
            row(nothing, wild),
            row(P99, level),
            row(P99, [None] * 24, case=LARGE),
        ],
        notes=[
            Note(code="other-measure", data={"text": "gone of one, which is no longer measured"})
        ],
        refused=[Note(code="unreadable", data={"text": "baselines/x.json: ends too early"})],
    )


def few() -> Series:
    return series(points=points(4), lacking=8, delay=9)


def flat() -> Series:
    level = [0.2 + 0.001 * (n * 7 % 5) for n in range(24)]
    return series(rows=[row(CPU, level), row(CPU, level, case=LARGE)])


def empty() -> Series:
    reason = Note(code="unreadable", data={"text": "baselines/x.json: ends too early"})
    return series(points=(), cases=(), scenarios=(), provider="", refused=[reason])


def hostile(text: str) -> Series:
    """Every name is what a stranger wrote."""
    stops = [
        Point(
            revision=text, program=f"{n}", started=text, key=text, commit=text, facts={text: text}
        )
        for n in range(24)
    ]
    metric = Metric(name=text, unit=text, direction=Direction.LOWER, margin=0.1, title=text)
    found = ChangePoint(
        case=text,
        metric=metric,
        verdict=Verdict.REGRESSION,
        reading=Reading.ABSOLUTE,
        method="permutation",
        place=20,
        good=text,
        bad=text,
        earliest=text,
        latest=text,
        first=18,
        last=21,
        since=text,
        before=1.0,
        after=2.0,
        points_before=20,
        points_after=4,
        change=Interval(estimate=1.0, low=0.9, high=1.1),
        p=0.001,
        threshold=0.01,
        warnings=[Note(code=text, data={"text": text})],
    )
    reason = Note(code="x", data={"text": text})
    return series(
        component=text,
        scenarios=[text],
        tier=text,
        provider=text,
        environment=text,
        cases=[Case(scenario=text)],
        points=stops,
        rows=[row(metric, [1.0] * 20 + [2.0] * 4, case=text)],
        changes=[found],
        notes=[reason],
        refused=[reason],
    )


__all__ = ["HOSTILE", "busy", "empty", "few", "flat", "hostile", "series"]
