"""Every situation that a comment can be in, as the text that is posted; made once."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from loadstone.bot.slower_commit import finding
from loadstone.flows.judge import judged
from loadstone.github.hidden_line import Marker, marked
from loadstone.model import (
    CasePlan,
    Conclusion,
    MetricSource,
    Note,
    Record,
    Run,
    Verdict,
    conclusion,
)
from loadstone.model.accepted import AcceptanceStatus, AcceptedChange, AcceptedRow
from loadstone.model.bot import (
    BisectedState,
    CancelledState,
    CommentSection,
    CommentState,
    FailedState,
    OutdatedState,
    QueuedState,
    RunningState,
    SectionState,
    SkippedState,
    SupersededState,
    VerdictState,
)
from loadstone.report.comment import (
    ReleaseComparison,
    Result,
    RunnerMinutes,
    job_summary,
    pull_request,
    release_section,
)
from loadstone.stats.comparison.latencies import percentiles
from loadstone.store.records import load
from tests.report import bisections, samples

REAL = Path(__file__).parents[2] / "data" / "real"
SHA, NEWER = "4f1c2a9b7d3e5f60718293a4b5c6d7e8f9012345", "9be0d7c3a1f2e4d5c6b7a8990112233445566778"
REPORT = "https://github.com/acme/proxy/actions/runs/16123/artifacts/991"
RUN = "https://github.com/acme/proxy/actions/runs/16123"
POINTS = ("p50", "p99", "p999")


def with_latencies(record: Record) -> Record:
    """The record with `latency.*` as runs have it, p90 among it, which no metric asks for."""
    rng = random.Random(37)
    cases = [_sourced(plan) for plan in record.plan.cases]
    runs = [_measured(run, rng) for run in record.runs]
    return replace(record, plan=replace(record.plan, cases=cases), runs=runs)


def _sourced(plan: CasePlan) -> CasePlan:
    known = {metric.name for metric in plan.metrics}
    sources = {
        f"latency_{point}": MetricSource(quantity=f"latency.{point}")
        for point in POINTS
        if f"latency_{point}" in known
    }
    return replace(plan, sources=sources)


def _measured(run: Run, rng: random.Random) -> Run:
    found = {f"latency.{point}": run.values.get(f"latency_{point}") for point in POINTS}
    quantities = {name: value for name, value in found.items() if value is not None}
    if "latency.p50" in quantities:
        middle = (quantities["latency.p50"] * quantities.get("latency.p99", 5e-3)) ** 0.5
        quantities["latency.p90"] = middle * (1 + rng.gauss(0, 0.02))
    return replace(run, quantities=quantities)


def result(record: Record, *, minutes: float = 7.4, accepted: Sequence[AcceptedRow] = ()) -> Result:
    """A record as the deliverer of a comment holds it."""
    rows = record.judgement.comparisons if record.judgement else ()
    return Result(
        record=record,
        latencies=percentiles(record.plan.cases, record.runs, rows),
        accepted=accepted,
        cost=RunnerMinutes(minutes=minutes, spent=22.0, cap=60.0),
    )


@cache
def of(name: str) -> Result:
    """The result of a sample."""
    return result(with_latencies(samples.get(name)))


@cache
def real() -> Result:
    """What `make demo` measured: two releases of Traefik that are years apart."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "record.json"
        path.write_bytes(gzip.decompress((REAL / "upgrade-3.0.4-3.7.15.json.gz").read_bytes()))
        return result(judged(load(path), anew=True), minutes=11.2)


def verdict(found: Result) -> VerdictState:
    """The state of a result."""
    ends = conclusion(found.record.judgement)
    alarm = ends in (Conclusion.FAIL, Conclusion.INVALID)
    return VerdictState(sha=SHA, conclusion=ends, alarm=alarm, minutes=7.4)


def comment(*sections: tuple[str, SectionState, Result | None], notes: Sequence[Note] = ()) -> str:
    """The posted comment of these components."""
    state = CommentState(
        number=7,
        sections=[
            CommentSection(component=name, state=state, run=16123, attempt=1)
            for name, state, _ in sections
        ],
        notes=notes,
    )
    results = {name: found for name, _, found in sections if found is not None}
    body = pull_request(state, results, asked_by="octocat", run_url=RUN, report_url=REPORT)
    return marked(Marker(key="pull-request", data={"run": "16123", "attempt": "1"}), body)


def single(state: SectionState, found: Result | None = None, notes: Sequence[Note] = ()) -> str:
    return comment(("traefik", state, found), notes=notes)


def judged_(name: str, notes: Sequence[Note] = ()) -> str:
    return shown(of(name), notes)


def shown(found: Result, notes: Sequence[Note] = ()) -> str:
    return single(verdict(found), found, notes)


def skipped(code: str, **data: str | float) -> str:
    return single(SkippedState(sha=SHA, reason=Note(code=code, data=data)))


def many_cases() -> Result:
    """Two hundred cases of eight metrics, two of which changed."""
    cases = [
        {"connections": 10 * (1 + number), "rate": 100 * rate, "body": 600}
        for number in range(50)
        for rate in (1, 2, 4, 8)
    ]
    shape = samples.Shape(
        effects={"latency_p99": 0.2, "cpu_per_1000": 0.06, "rss_peak": -0.1},
        cases=cases,
        rounds=4,
        histograms=False,
        seed=23,
        noise=0.5,
    )
    return result(with_latencies(samples.record(shape)), minutes=214.0)


REASONS = {
    "latency_p99": "compression is on by default since v3.7",
    "cpu_per_1000": "the same: compression costs CPU time",
}


def accepted(**statuses: AcceptanceStatus) -> Result:
    """The regression, which a maintainer has accepted; some of it may alarm again."""
    found = of("regression")
    cases = ["", *(plan.case.name for plan in found.record.plan.cases)]
    rows = [
        AcceptedRow(
            case=case,
            metric=metric,
            change=_accepted(metric, reason),
            status=statuses.get(metric, AcceptanceStatus.HELD),
        )
        for metric, reason in REASONS.items()
        for case in cases
    ]
    return replace(found, accepted=rows)


def _accepted(metric: str, reason: str) -> AcceptedChange:
    return AcceptedChange(
        component="traefik",
        case="*",
        metric=metric,
        reason=reason,
        who="hubot-maintainer",
        when="2026-11-20T09:00:00Z",
        expires="2026-12-20T09:00:00Z",
        size=0.2,
        pull_request=7,
    )


def first() -> Result:
    """Only the head was measured: there is nothing to compare it with."""
    return replace(of("one-side"), first=True)


def hostile() -> str:
    names = samples.HOSTILE
    notes = [Note(code="configuration-of-base", data={"file": names[2]})]
    clear = [(name, name, "regression") for name in names]
    return comment(
        (names[3], verdict(of("hostile")), of("hostile")),
        (names[6], RunningState(sha=names[4], case=names[4], round=1, clear=clear), None),
        (names[1], QueuedState(sha=names[0], runner=names[2], ahead=1), None),
        notes=notes,
    )


RUNNING = RunningState(
    sha=NEWER,
    case="ingress-latency/connections=200,rate=2000,body=600",
    round=5,
    rounds=12,
    seconds_left=260.0,
    clear=[
        ("ingress-latency/connections=50,rate=1000,body=600", "latency_p99", "regression"),
        ("ingress-latency/connections=200,rate=2000,body=600", "latency_p99", "regression"),
        ("ingress-latency/connections=50,rate=1000,body=600", "rss_peak", "improvement"),
    ],
)


def bisected(name: str) -> BisectedState:
    """A bisection in one of its ends."""
    record = bisections.get(name)
    found = finding(record, title="p99 latency", whole=not record.budget_spent)
    return BisectedState(sha=SHA, found=found, minutes=14.0)


def release() -> str:
    return release_section(
        ReleaseComparison(
            tag="v3.7.15",
            previous="v3.7.10",
            against_previous=of("improvement"),
            best="v3.6.2",
            against_best=of("regression"),
            of_last=5,
        ),
        report_url=REPORT,
    )


def summary() -> str:
    found = of("regression")
    state = CommentState(
        number=7, sections=[CommentSection(component="traefik", state=verdict(found), run=1)]
    )
    return job_summary(state, {"traefik": found}, report_url=REPORT)


SITUATIONS: Mapping[str, Callable[[], str]] = {
    "regression": lambda: judged_("regression"),
    "improvement": lambda: judged_("improvement"),
    "unchanged": lambda: judged_("unchanged"),
    "eased": lambda: single(replace(verdict(of("unchanged")), eased=True), of("unchanged")),
    "inconclusive": lambda: judged_("inconclusive"),
    "invalid": lambda: judged_("invalid"),
    "partial-failure": lambda: shown(partial_failure()),
    "missed": lambda: judged_("missed"),
    "accepted": lambda: shown(accepted()),
    "accepted-grown": lambda: shown(accepted(latency_p99=AcceptanceStatus.GROWN)),
    "sizes": lambda: judged_("sizes"),
    "busy": lambda: judged_("busy"),
    "commits": lambda: judged_("commits"),
    "two-hundred-cases": lambda: shown(many_cases()),
    "real": lambda: shown(real()),
    "first": lambda: shown(first()),
    "first-measured": lambda: shown(replace(of("unchanged"), first=True)),
    "configuration": lambda: judged_(
        "unchanged",
        [Note(code="configuration-of-base", data={"file": ".github/loadstone.yaml"})],
    ),
    "queued": lambda: single(QueuedState(sha=SHA, runner="ubuntu-24.04-perf", ahead=2, wait=760.0)),
    "queued-again": lambda: single(QueuedState(sha=NEWER, ahead=0), of("regression")),
    "running": lambda: single(RUNNING, of("regression")),
    "running-begun": lambda: single(
        RunningState(sha=SHA, since="2026-11-20T14:02:31+00:00", seconds_left=720.0)
    ),
    "rerun-not-added": lambda: judged_(
        "inconclusive",
        [
            Note.of(
                "rounds-not-added",
                component="traefik",
                said="it ran on another kind of machine, and rounds of two kinds are never mixed",
            )
        ],
    ),
    "bisected": lambda: comment(
        ("traefik", verdict(of("regression")), of("regression")),
        ("traefik/bisect", bisected("commit"), None),
    ),
    "bisected-range": lambda: comment(("traefik/bisect", bisected("range"), None)),
    "bisected-broken-off": lambda: comment(("traefik/bisect", bisected("budget"), None)),
    "bisected-nothing": lambda: comment(("traefik/bisect", bisected("nothing"), None)),
    "running-early": lambda: single(RunningState(sha=SHA)),
    "outdated": lambda: single(
        OutdatedState(sha=SHA, newer=NEWER, said=verdict(of("regression"))), of("regression")
    ),
    "superseded": lambda: single(
        SupersededState(sha=SHA, run=16124, said=verdict(of("regression"))), of("regression")
    ),
    "cancelled": lambda: single(CancelledState(sha=SHA, by="octocat", minutes=3.2)),
    "failed": lambda: single(
        FailedState(
            sha=SHA,
            reason=Note(
                code="measuring-failed", data={"said": "the head does not build: exit status 2"}
            ),
            minutes=1.2,
        )
    ),
    "refused": lambda: single(
        FailedState(
            sha=SHA,
            reason=Note(code="artifact-refused", data={"said": "a file lies outside the artifact"}),
            minutes=6.0,
        )
    ),
    "skipped-draft": lambda: skipped("draft"),
    "skipped-no-merge-base": lambda: skipped("no-merge-base"),
    "skipped-nothing-before": lambda: skipped("nothing-before"),
    "skipped-same-commit": lambda: skipped("same-commit", sha=SHA[:12]),
    "skipped-event": lambda: skipped("event-off", event="pull requests"),
    "skipped-label": lambda: skipped("label-missing", labels="performance, benchmark"),
    "skipped-documentation": lambda: skipped("documentation-only", files=3),
    "skipped-paths": lambda: skipped("paths-untouched", files=4, component="traefik"),
    "skipped-same-program": lambda: skipped("same-program", digest="sha256:5a5a5a5a5a5a"),
    "skipped-same-program-unconfirmed": lambda: skipped(
        "same-program-unconfirmed", digest="sha256:5a5a5a5a5a5a"
    ),
    "skipped-files-unconfirmed": lambda: skipped("files-unconfirmed", files=700),
    "skipped-run": lambda: skipped("minutes-per-run", needed=50, cap=30),
    "skipped-pull-request": lambda: skipped(
        "minutes-per-pull-request", needed=12, spent=55, cap=60
    ),
    "skipped-day": lambda: skipped(
        "minutes-per-day", needed=12, spent=235, cap=240, again="00:00 UTC"
    ),
    "two-components": lambda: comment(
        ("traefik", verdict(of("regression")), of("regression")),
        ("gateway", verdict(of("unchanged")), of("unchanged")),
    ),
    "mixed-components": lambda: comment(
        ("traefik", verdict(of("regression")), of("regression")),
        ("gateway", RUNNING, None),
        (
            "operator",
            SkippedState(sha=SHA, reason=Note(code="documentation-only", data={"files": 2})),
            None,
        ),
    ),
    "hostile": hostile,
    "release": release,
    "summary": summary,
}


def partial_failure() -> Result:
    """One case gave no number on the head, and another regressed."""
    made = samples.get("regression")
    assert made.judgement is not None
    lost = made.plan.cases[2].case.name
    died = Note.of("exited", (), status=2, said="panic: send on closed channel")
    runs = [
        replace(run, invalid=[died], values={}) if run.case == lost and run.side == "head" else run
        for run in made.runs
    ]
    rows = [
        replace(
            row, verdict=Verdict.INVALID, n=0, change=None, difference=None, detectable=None,
            head=None,
        )
        if row.case == lost
        else row
        for row in made.judgement.comparisons
    ]  # fmt: skip
    judgement = replace(made.judgement, comparisons=rows)
    return result(with_latencies(replace(made, runs=runs, judgement=judgement)))


@cache
def text(name: str) -> str:
    """The situation of that name."""
    return SITUATIONS[name]()


FOLDER = Path(__file__).parents[2] / "golden" / "comment"


def write() -> None:
    """Write the golden comments anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in SITUATIONS:
        (FOLDER / f"{name}.md").write_text(text(name), encoding="utf-8")


if __name__ == "__main__":
    write()
