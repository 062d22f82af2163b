"""Records as a run would leave them, to look at reports. Seeded, with real histograms."""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from statistics import fmean, median, stdev
from typing import Any

from hdrh.histogram import HdrHistogram

from loadstone.model import (
    Case,
    CasePlan,
    Commit,
    Commits,
    Comparison,
    Direction,
    Environment,
    Goal,
    Interval,
    Judgement,
    Look,
    Metric,
    Need,
    Note,
    Objective,
    ObjectiveResult,
    Plan,
    Policy,
    ProfileDiff,
    ProfilePath,
    ProfileRow,
    Record,
    Revision,
    Run,
    Scalar,
    Side,
    Summary,
    Verdict,
)
from loadstone.stats.scaling.judge import scaled
from loadstone.store.records import save

P50 = Metric(
    name="latency_p50",
    unit="s",
    direction=Direction.LOWER,
    margin=0.05,
    minimum=20e-6,
    title="p50 latency",
)
P99 = replace(P50, name="latency_p99", title="p99 latency", margin=0.1, minimum=100e-6)
P999 = replace(P50, name="latency_p999", title="p99.9 latency", margin=0.2, gated=False)
CPU = Metric(
    name="cpu_per_1000",
    unit="s",
    direction=Direction.LOWER,
    margin=0.05,
    group="resource",
    title="CPU per 1,000 requests",
)
RSS = replace(CPU, name="rss_peak", unit="By", title="peak RSS", minimum=2.0**20)
HEAP = replace(CPU, name="heap_inuse", unit="By", title="heap in use", margin=0.1)
RATE = Metric(
    name="achieved_rate",
    unit="1/s",
    direction=Direction.HIGHER,
    margin=0.02,
    group="throughput",
    title="achieved rate",
)
CALLS = Metric(
    name="api_calls",
    unit="1",
    direction=Direction.LOWER,
    margin=0.0,
    counted=True,
    group="business",
    title="API calls",
)
METRICS = (P50, P99, P999, CPU, RSS, HEAP, RATE, CALLS)
USUAL = {
    "latency_p50": 1.12e-3,
    "latency_p99": 4.31e-3,
    "latency_p999": 11.8e-3,
    "cpu_per_1000": 0.214,
    "rss_peak": 118.0 * 2**20,
    "heap_inuse": 41.0 * 2**20,
    "achieved_rate": 1000.0,
    "api_calls": 412.0,
}
NOISE = {
    "latency_p50": 0.02,
    "latency_p99": 0.05,
    "latency_p999": 0.15,
    "cpu_per_1000": 0.015,
    "rss_peak": 0.008,
    "heap_inuse": 0.03,
    "achieved_rate": 0.0005,
    "api_calls": 0.0,
}
CASES = (
    {"connections": 50, "rate": 1000, "body": 600},
    {"connections": 50, "rate": 1000, "body": 22000},
    {"connections": 200, "rate": 2000, "body": 600},
)
LATE = "1 in 100 requests was sent more than {} late, where the latency's p99 is {}"
HOSTILE = (
    "@octocat/team",
    "fixes #1 GH-2 org/repo#3",
    "](https://evil.example) ![x](https://evil.example/x.png)",
    "<img src=x onerror=alert(1)><script>alert(1)</script>",
    "a|b|c\n\n| new | row |\n# heading",
    "`code` ``` ~~~ *bold* _em_ ~~gone~~",
    "--> <!-- loadstone:report key=other -->",
    "\u202egnp.exe\u202c \u200bhidden\x1b[31mred\x07",
    "[bold red]rich[/] :skull: $x^2$ www.evil.example a@evil.example",
    "</details></td></tr></table> &lt;b&gt; ]]> \" onload='x'",
    "x" * 5000,
)


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What a made-up session looks like. `effects`: metric → true relative change of the head."""

    effects: Mapping[str, float]
    rounds: int = 8
    cases: Sequence[Mapping[str, Scalar]] = CASES
    metrics: Sequence[Metric] = METRICS
    scenario: str = "ingress-latency"
    component: str = "traefik"
    base: str = "3.7.10"
    head: str = "3.7.15"
    noise: float = 1.0
    seed: int = 7
    histograms: bool = True


def record(shape: Shape) -> Record:
    """A judged record of that shape."""
    rng = random.Random(shape.seed)
    plans = [_plan(shape, axes) for axes in shape.cases]
    runs = _runs(shape, plans, rng)
    comparisons = [
        compared(plan.case.name, metric, runs) for plan in plans for metric in plan.metrics
    ]
    judgement = Judgement(
        verdict=_overall(comparisons),
        comparisons=comparisons,
        suite=[suite(metric, comparisons) for metric in shape.metrics] if len(plans) > 1 else (),
        alpha=0.05,
        spent=0.031,
        looks=[
            Look(rounds=4, alpha=0.012, open=[plan.case.name for plan in plans], found=0),
            Look(rounds=shape.rounds, alpha=0.031, open=[], found=2, why="nothing left to find"),
        ],
        objectives=[_objective(plan.case.name, side, runs) for plan in plans for side in Side],
    )
    return Record(
        plan=Plan(
            component=shape.component,
            provider="memory",
            tier="quick",
            base=Revision(
                side=Side.BASE,
                asked=shape.base,
                label=shape.base,
                source="package",
                version=shape.base,
                digest="sha256:" + "5a" * 32,
            ),
            head=Revision(
                side=Side.HEAD,
                asked=shape.head,
                label=shape.head,
                source="package",
                version=shape.head,
                digest="sha256:" + "c3" * 32,
            ),
            cases=plans,
            policy=Policy(),
            seed=shape.seed,
            created="2026-11-22T05:00:00Z",
        ),
        environment=ENVIRONMENT,
        runs=runs,
        judgement=judgement,
        started="2026-11-22T05:00:00Z",
        finished="2026-11-22T05:05:41Z",
    )


ENVIRONMENT = Environment(
    provider="memory",
    harness="0.1.0",
    key="9f3c0a77d1e2b4f6",
    facts={
        "cores": 2,
        "cpu": "AMD EPYC 7B13",
        "kernel": "6.1.0-28-cloud-amd64",
        "memory_gib": 7.8,
        "open_files": 1048576,
        "port_range": "32768–60999",
        "steal": 0.004,
        "virtual": True,
    },
    tools={"nginx": "1.31.0", "k6": "1.1.0", "traefik": "3.7.15"},
)


def _plan(shape: Shape, axes: Mapping[str, Scalar]) -> CasePlan:
    return CasePlan(
        case=Case(scenario=shape.scenario, axes=axes),
        metrics=shape.metrics,
        objectives=[Objective(metric="latency_p99", at_most=0.030)],
        warmup=2.0,
        window=6.0,
        estimate=11.0,
        scale={"connections": 0.1, "rate": 0.1},
    )


def _runs(shape: Shape, plans: Sequence[CasePlan], rng: random.Random) -> list[Run]:
    runs: list[Run] = []
    for number in range(1, shape.rounds + 1):
        for index, plan in enumerate(plans):
            machine = rng.gauss(0, 0.01 * shape.noise)
            sides = [Side.BASE, Side.HEAD]
            rng.shuffle(sides)
            for side in sides:
                runs.append(_run(shape, plan, side, number, len(runs), machine, index, rng))
    return runs


def _run(
    shape: Shape,
    plan: CasePlan,
    side: Side,
    number: int,
    order: int,
    machine: float,
    index: int,
    rng: random.Random,
) -> Run:
    values = {}
    for metric in plan.metrics:
        size = USUAL.get(metric.name, 1.0) * (1 + 0.35 * index * (metric.unit == "s"))
        true = shape.effects.get(metric.name, 0.0) if side is Side.HEAD else 0.0
        noise = NOISE.get(metric.name, 0.02) * shape.noise
        value = (
            size * (1 + true) * math.exp(rng.gauss(0, noise) + (machine if noise > 0.001 else 0))
        )
        values[metric.name] = float(round(value)) if metric.counted else value
    histograms = {}
    if shape.histograms:
        histograms["latency"] = histogram(values.get("latency_p50", 1e-3), values, rng)
    return Run(
        case=plan.case.name,
        side=side,
        round=number,
        order=order,
        started=f"2026-11-22T05:{order // 6 % 60:02d}:{order % 6 * 10:02d}Z",
        seconds=10.7,
        values=values,
        histograms=histograms,
    )


def histogram(p50: float, values: Mapping[str, float], rng: random.Random) -> str:
    """Latencies in microseconds around `p50`, with a tail that meets p99 and p99.9."""
    taken = HdrHistogram(1, 60_000_000, 3)
    p99 = values.get("latency_p99", 4 * p50)
    p999 = values.get("latency_p999", 10 * p50)
    body = math.log(p99 / p50) / 2.326
    for _ in range(3000):
        latency = p50 * math.exp(
            abs(rng.gauss(0, body)) if rng.random() < 0.5 else rng.gauss(0, 0.2)
        )
        if rng.random() < 0.002:
            latency = p999 * math.exp(rng.gauss(0, 0.3))
        taken.record_value(max(1, round(latency * 1e6)))
    return str(taken.encode().decode("ascii"))


def compared(case: str, metric: Metric, runs: Sequence[Run]) -> Comparison:
    """A plain paired comparison: enough to look at, not how Loadstone judges."""
    base = sample(case, metric.name, Side.BASE, runs)
    head = sample(case, metric.name, Side.HEAD, runs)
    ratios = [math.log(after / before) for before, after in zip(base, head, strict=True)]
    half = 2.4 * stdev(ratios) / math.sqrt(len(ratios))
    centre = fmean(ratios)
    change = Interval(
        estimate=math.expm1(centre), low=math.expm1(centre - half), high=math.expm1(centre + half)
    )
    return Comparison(
        case=case,
        metric=metric,
        verdict=_verdict(metric, change),
        n=len(ratios),
        base=_summary(base),
        head=_summary(head),
        change=change,
        difference=median(head) - median(base),
        detectable=math.expm1(1.4 * half) if half else 1 / max(1.0, median(base)),
        p=0.001,
        threshold=0.01,
        method="exact" if metric.counted else "paired-t",
    )


def suite(metric: Metric, comparisons: Sequence[Comparison]) -> Comparison:
    """One row over all cases."""
    rows = [row for row in comparisons if row.metric == metric and row.change is not None]
    centre = fmean(math.log1p(row.change.estimate) for row in rows if row.change)
    half = 0.6 * fmean(row.change.high - row.change.low for row in rows if row.change) / 2
    change = Interval(
        estimate=math.expm1(centre), low=math.expm1(centre - half), high=math.expm1(centre + half)
    )
    return Comparison(
        case="", metric=metric, verdict=_verdict(metric, change), n=len(rows), change=change
    )


def sample(case: str, metric: str, side: Side, runs: Sequence[Run]) -> list[float]:
    return [
        run.values[metric]
        for run in sorted(runs, key=lambda run: run.round)
        if run.case == case and run.side is side and metric in run.values
    ]


def _summary(values: Sequence[float]) -> Summary:
    return Summary(n=len(values), center=median(values), low=min(values), high=max(values))


def _verdict(metric: Metric, change: Interval) -> Verdict:
    worse, better = Verdict.REGRESSION, Verdict.IMPROVEMENT
    if metric.direction is Direction.HIGHER:
        worse, better = better, worse
    if change.low > 0 and change.estimate > metric.margin:
        return worse
    if change.high < 0 and change.estimate < -metric.margin:
        return better
    inside = -metric.margin <= change.low and change.high <= metric.margin
    return Verdict.UNCHANGED if inside else Verdict.INCONCLUSIVE


def _overall(comparisons: Sequence[Comparison]) -> Verdict:
    found = {row.verdict for row in comparisons if row.metric.gated}
    for verdict in (Verdict.REGRESSION, Verdict.IMPROVEMENT, Verdict.UNCHANGED):
        if verdict in found:
            return verdict
    return Verdict.INCONCLUSIVE


def _objective(case: str, side: Side, runs: Sequence[Run]) -> ObjectiveResult:
    values = sample(case, "latency_p99", side, runs)
    value = median(values) if values else None
    missed = value is not None and value > 0.030
    return ObjectiveResult(
        case=case,
        metric=P99,
        objective=Objective(metric="latency_p99", at_most=0.030),
        side=side,
        verdict="missed" if missed else "met",
        value=value,
        low=min(values, default=None),
        high=max(values, default=None),
    )


_COMPRESS = "github.com/traefik/traefik/v3/pkg/middlewares/compress"
# Of functions whose lines differ: how, by which commits, and the ways in which they were called.
_CHANGED_CODE: Mapping[str, Mapping[str, Any]] = {
    f"{_COMPRESS}.(*writer).Write": {
        "reach": "touched",
        "commits": ("4f1c07d2ab93", "a90be2417c55"),
        "paths": (
            ProfilePath(
                callers=(
                    "net/http.(*conn).serve",
                    "github.com/traefik/traefik/v3/pkg/server.(*entry).ServeHTTP",
                    f"{_COMPRESS}.(*handler).ServeHTTP",
                    "io.copyBuffer",
                ),
                base=3e-6,
                head=18.5e-6,
                delta=15.5e-6,
                low=13.1e-6,
                high=17.9e-6,
            ),
            ProfilePath(
                callers=("net/http.(*conn).serve", f"{_COMPRESS}.(*handler).close"),
                base=1.3e-6,
                head=4.1e-6,
                delta=2.8e-6,
                low=1.2e-6,
                high=4.4e-6,
            ),
        ),
    }
}
PROFILES = (
    ProfileDiff(
        case="ingress-latency/connections=50,rate=1000,body=600",
        kind="cpu",
        unit="s",
        base_total=213e-6,
        head_total=238e-6,
        runs=8,
        thin=57,
        per="load.requests",
        seen=0.93,
        metric="cpu_per_1000",
        times=1000.0,
        rows=[
            ProfileRow(
                function=function,
                base_self=share,
                head_self=share + delta / 1.4,
                base_total=share * 1.6,
                head_total=share * 1.6 + delta / 1.4,
                base=share * 213e-6,
                head=share * 213e-6 + delta / 6000,
                delta=delta / 6000,
                low=(delta - 0.012) / 6000,
                high=(delta + 0.012) / 6000,
                changed=abs(delta) > 0.012,
                p=1e-6 if abs(delta) > 0.012 else 0.3,
                detectable=3e-6,
                total_delta=delta / 5000,
                total_low=(delta - 0.02) / 5000,
                total_high=(delta + 0.02) / 5000,
                total_changed=abs(delta) > 0.02,
                origin=origin,
                module=module,
                caller=caller,
                file=file,
                line=line,
                rooms=rooms,
                **_CHANGED_CODE.get(function, {}),
            )
            for function, share, delta, origin, module, caller, file, line, rooms in (
                (
                    "github.com/traefik/traefik/v3/pkg/middlewares/compress.(*writer).Write",
                    0.02,
                    0.11,
                    "component",
                    "",
                    "",
                    "github.com/traefik/traefik/v3/pkg/middlewares/compress/compress.go",
                    214,
                    {"allocation": 0.62, "copying": 0.11},
                ),
                ("[collection]", 0.064, 0.041, "runtime", "", "", "", 0, {"collection": 1.0}),
                (
                    "github.com/goccy/go-json/internal/decoder.Compile",
                    0.031,
                    -0.022,
                    "dependency",
                    "goccy/go-json 0.10.2 → gone",
                    "github.com/traefik/traefik/v3/pkg/server.(*Server).load",
                    "github.com/goccy/go-json@v0.10.2/internal/decoder/compile.go",
                    40,
                    {},
                ),
                (
                    "net/textproto.(*Reader).ReadMIMEHeader",
                    0.031,
                    -0.018,
                    "standard library",
                    "",
                    "",
                    "net/textproto/reader.go",
                    500,
                    {"allocation": 0.4},
                ),
                (
                    "internal/poll.(*FD).Write",
                    0.19,
                    0.011,
                    "standard library",
                    "",
                    "",
                    "",
                    0,
                    {"system calls": 0.97},
                ),
                ("crypto/tls.(*Conn).Read", 0.012, -0.008, "standard library", "", "", "", 0, {}),
                ("net.(*conn).Read", 0.022, 0.004, "standard library", "", "", "", 0, {}),
            )
        ],
    ),
)


def regression() -> Record:
    """A slower head, with the profile that shows where."""
    made = record(Shape(effects={"latency_p99": 0.18, "cpu_per_1000": 0.12, "rss_peak": -0.09}))
    return replace(made, profiles=PROFILES)


def improvement() -> Record:
    """A head that needs far less memory, like Traefik 3.7.15."""
    return record(Shape(effects={"rss_peak": -0.37, "heap_inuse": -0.12}, seed=3))


def unchanged() -> Record:
    """Nothing changed, and the rounds were precise enough to say so."""
    quiet = tuple(metric for metric in METRICS if metric is not P999)
    made = record(Shape(effects={}, noise=0.4, metrics=quiet, rounds=10, seed=5))
    assert made.judgement is not None
    return made


def inconclusive() -> Record:
    """Noise wider than the margin, and what would settle it."""
    made = record(Shape(effects={}, noise=4.0, rounds=4, seed=11))
    assert made.judgement is not None
    names = [plan.case.name for plan in made.plan.cases]
    rows = [replace(row, verdict=Verdict.INCONCLUSIVE, detectable=0.31) for row in _rows(made)]
    judgement = replace(
        made.judgement,
        verdict=Verdict.INCONCLUSIVE,
        comparisons=rows,
        suite=(),
        needs=[Need(cases=names, rounds=8, seconds=360.0)],
        warnings=[Note(code="a-code-nobody-knows", data={"round": 3, "share": 0.25})],
    )
    return replace(made, judgement=judgement)


def invalid() -> Record:
    """Runs whose numbers do not count, and a case that lost too many of them."""
    made = record(Shape(effects={}, seed=13))
    assert made.judgement is not None
    lost = made.plan.cases[0].case.name
    saturated = Note(
        code="generator-saturated",
        data={"text": "the generator used 0.97 of one core; at most 0.80 is allowed"},
    )
    wrong = Note(code="wrong-answers", data={"text": "3 of 6,000 requests were answered wrongly"})
    runs = [
        replace(run, invalid=(saturated,) if run.side is Side.HEAD else (saturated, wrong))
        if run.case == lost and run.round > 1
        else run
        for run in made.runs
    ]
    rows = [
        replace(
            row,
            verdict=Verdict.INVALID,
            n=1,
            change=None,
            difference=None,
            detectable=None,
            base=None,
            head=None,
        )
        if row.case == lost
        else row
        for row in _rows(made)
    ]
    judgement = replace(
        made.judgement, comparisons=rows, suite=(), objectives=(), verdict=Verdict.INVALID
    )
    environment = replace(
        ENVIRONMENT,
        warnings=[
            Note(code="steal", data={"text": "4 % of the time was stolen from this machine"})
        ],
    )
    return replace(made, runs=runs, judgement=judgement, environment=environment)


def missed() -> Record:
    """Nothing changed, and both sides miss an objective."""
    made = record(Shape(effects={}, noise=0.4, seed=17))
    assert made.judgement is not None
    results = [
        replace(result, verdict="missed", value=0.0412, low=0.0389, high=0.0433)
        if index < 2
        else result
        for index, result in enumerate(made.judgement.objectives)
    ]
    return replace(
        made, judgement=replace(made.judgement, objectives=results, verdict=Verdict.UNCHANGED)
    )


def many() -> Record:
    """Four hundred rows: 20 metrics of 20 cases."""
    metrics = tuple(
        replace(P99, name=f"metric_{number:02d}", title=f"metric {number}", gated=number % 7 != 0)
        for number in range(20)
    )
    cases = [{"connections": 10 * number, "rate": 100, "body": 600} for number in range(20)]
    effects = {"metric_03": 0.4, "metric_11": -0.3}
    return record(
        Shape(effects=effects, metrics=metrics, cases=cases, rounds=4, histograms=False, seed=19)
    )


def everything_changed() -> Record:
    """Four hundred regressions, for the size of a comment."""
    made = many()
    assert made.judgement is not None
    rows = [replace(row, verdict=Verdict.REGRESSION) for row in _rows(made)]
    return replace(
        made, judgement=replace(made.judgement, comparisons=rows, verdict=Verdict.REGRESSION)
    )


def hostile() -> Record:
    """Names, labels, reasons and tools by someone who means harm."""
    names = list(HOSTILE)
    metrics = tuple(
        replace(P99, name=f"m{index}{name}", title=name, unit="s" if index % 2 else name)
        for index, name in enumerate(names)
    )
    shape = Shape(
        effects={metric.name: 0.5 * (index % 3 - 1) for index, metric in enumerate(metrics)},
        cases=[{name: name} for name in names[:6]],
        metrics=metrics,
        component=names[3],
        base=names[0],
        head=names[2],
        scenario=names[4],
        rounds=4,
        histograms=False,
    )
    made = record(shape)
    assert made.judgement is not None
    reasons = tuple(Note(code=name, data={"text": name}) for name in names)
    runs = [replace(run, invalid=reasons) if run.order == 0 else run for run in made.runs]
    rows = [
        replace(
            row,
            metric=metrics[index % len(metrics)],
            warnings=[Note(code=name, data={name: name}) for name in names],
        )
        for index, row in enumerate(_rows(made))
    ]
    profile = replace(
        PROFILES[0],
        case=names[5],
        kind=names[6],
        unit=names[7],
        rows=[replace(PROFILES[0].rows[0], function=name) for name in names],
    )
    environment = replace(
        ENVIRONMENT,
        provider=names[8],
        harness=names[9],
        key=names[1],
        facts={name: name for name in names},
        tools={name: name for name in names},
        warnings=reasons,
    )
    judgement = replace(
        made.judgement,
        comparisons=rows,
        needs=[Need(cases=names, rounds=2, seconds=60.0)],
        warnings=[Note(code=name, data={name: name}) for name in names],
        looks=[Look(rounds=4, alpha=0.01, open=names, found=1, why=names[5])],
    )
    commits = [Commit(hash=name, subject=name) for name in names]
    head = replace(
        made.plan.head, asked=names[9], commit=names[7], ref=names[5], subject=names[1],
        notes=reasons,
    )  # fmt: skip
    plan = replace(
        made.plan, head=head, commits=Commits(ahead=len(commits), behind=2, listed=commits)
    )
    return replace(
        made,
        plan=plan,
        runs=runs,
        judgement=judgement,
        profiles=[profile],
        environment=environment,
    )


def commits() -> Record:
    """Two commits of one repository, and those between them."""
    made = regression()
    base, head = (hashlib.sha1(name.encode()).hexdigest() for name in ("v1", "v2"))  # noqa: S324
    note = Note.of("remote-branch", name="v2", repository=".", taken="origin/v2")
    subjects = [f"Merge pull request #{90 - number} from x/y" for number in range(11)]
    subjects[0] = "Keep one buffer per connection, so that a reload copies nothing"
    listed = [
        Commit(hash=hashlib.sha1(each.encode()).hexdigest(), subject=each)  # noqa: S324
        for each in subjects
    ]
    plan = replace(
        made.plan,
        base=replace(
            made.plan.base, asked="v1", source="build", label=base[:12], commit=base,
            ref="refs/tags/v1", subject="Release v1",
        ),
        head=replace(
            made.plan.head, asked="v2", source="build", label=head[:12], commit=head,
            ref="refs/remotes/origin/v2", subject=subjects[0], notes=[note],
        ),
        commits=Commits(ahead=60, behind=0, listed=listed),
    )  # fmt: skip
    return replace(made, plan=plan)


def busy() -> Record:
    """An improvement on a busy machine: a case lost a run, and requests were sent late."""
    made = improvement()
    assert made.judgement is not None
    lost = made.plan.cases[0].case.name
    reason = Note(code="generator-bottleneck", data={"text": "the generator was late"})
    of_case = [
        Note(code="invalid-run", data={**reason.data, "reason": reason.code}),
        Note(code="unpaired", data={"paired": 7, "rounds": 8}),
    ]
    of_row = [Note(code="few-requests", data={"expected": 20, "needed": 100})]
    rows = [
        replace(
            row,
            warnings=[
                *(of_case if row.case == lost else ()),
                *(of_row if row.metric in (P999, RSS) else ()),
            ],
        )
        for row in _rows(made)
    ]
    runs = [
        replace(
            run,
            invalid=[reason] if run.order == 0 else (),
            notes=[
                Note(code="sent-late", data={"text": LATE.format(f"{run.order + 2} ms", "91 ms")})
            ],
        )
        for run in made.runs
    ]
    environment = replace(
        ENVIRONMENT,
        warnings=[Note(code="other-load", data={"text": "other programs use 1.3 cores"})],
    )
    judgement = replace(made.judgement, comparisons=rows)
    plan = replace(made.plan, cases=[_thin(case) for case in made.plan.cases])
    return replace(made, plan=plan, runs=runs, environment=environment, judgement=judgement)


def _thin(case: CasePlan) -> CasePlan:
    """The case with the reason why its last percentile does not gate."""
    requests = 3 * int(case.case.axes.get("rate", 1000))
    few = Note.of("too-few-samples", metric="latency_p999", have=requests, needed=10000)
    return replace(case, notes=[few])


def explained() -> Record:
    """One case on a busy machine, with the numbers a judge leaves beside its row of memory."""
    shape = Shape(effects={"rss_peak": -0.37}, rounds=4, cases=CASES[:1], seed=3, histograms=False)
    made = record(shape)
    assert made.judgement is not None
    case = made.plan.cases[0].case.name
    base, head = (sample(case, "rss_peak", side, made.runs) for side in Side)
    ratios = [math.log(after / before) for before, after in zip(base, head, strict=True)]
    numbers = {
        "rounds": [1, 2, 3, 4],
        "ratios": ratios,
        "weights": [1.22, 1.23, 0.75, 1.19],
        "location": fmean(ratios),
        "scale": 0.0607,
        "nu": 4.0,
        "floor": 0.0005,
        "prior_scale": 0.0921,
        "prior_spread": 0.867,
        "error": 0.0395,
        "kappa": 1.1,
        "t": -14.74,
        "p": 3.25e-5,
        "tests": 17,
        "level": 0.0274,
        "cutoff": 0.0412,
        "margin": 0.05,
    }
    late = Note(code="invalid-run", data={"text": LATE.format("10.7 ms", "20.4 ms")})
    rows = [
        replace(row, method="moderated", explain=numbers, warnings=[late])
        if row.metric is RSS
        else row
        for row in _rows(made)
    ]
    return replace(made, judgement=replace(made.judgement, comparisons=rows))


def _sweep(powers: Mapping[Side, float], leak: float) -> Record:
    """Three sizes of one case, whose CPU time grows by these powers, and a head that may leak.

    Times of the second and third case of a record are larger anyhow, by an exponent of a third.
    """
    sizes = (200, 500, 1000)
    shape = Shape(
        effects={},
        rounds=6,
        cases=[{"routes": size, "changes": 40} for size in sizes],
        metrics=(P99, replace(CPU, margin=0.1), RSS, CALLS),
        scenario="ingress-config",
        noise=0.4,
        seed=29,
        histograms=False,
    )
    made = record(shape)
    assert made.judgement is not None
    size_of = {plan.case.name: int(plan.case.axes["routes"]) for plan in made.plan.cases}
    rng = random.Random(31)
    runs = [_grown(run, size_of[run.case] / 200, powers[run.side], leak, rng) for run in made.runs]
    comparisons = [
        compared(plan.case.name, metric, runs)
        for plan in made.plan.cases
        for metric in shape.metrics
    ]
    judgement = replace(
        made.judgement,
        verdict=_overall(comparisons),
        comparisons=comparisons,
        suite=[suite(metric, comparisons) for metric in shape.metrics],
        policy=Policy(looks=(shape.rounds,)),
    )
    plan = replace(made.plan, policy=judgement.policy)
    return replace(made, plan=plan, runs=runs, judgement=scaled(judgement, plan.cases, runs))


def _grown(run: Run, size: float, power: float, leak: float, rng: random.Random) -> Run:
    """The run at so many times the smallest size, with its memory against time."""
    values = dict(run.values)
    values["cpu_per_1000"] *= size**power
    values["rss_peak"] *= size**0.3
    slope = leak * (run.side is Side.HEAD) + rng.gauss(0, 9000)
    anon = [[t / 8, 90e6 + slope * t / 8 + rng.gauss(0, 30_000)] for t in range(49)]
    goroutines = [[float(t), 55.0 + rng.randrange(4)] for t in range(10)]
    series = {"process.anon": anon, "scrape.goroutines": goroutines}
    return replace(run, values=values, series=series)


def sizes() -> Record:
    """CPU time that became superlinear, and a leak that no metric of the scenario asks for."""
    return _sweep({Side.BASE: 0.73, Side.HEAD: 0.98}, 2.0e6)


def even() -> Record:
    """Three sizes on which nothing changed."""
    return _sweep({Side.BASE: 0.73, Side.HEAD: 0.73}, 0.0)


def one_side() -> Record:
    """A new case: only the head has it."""
    made = record(Shape(effects={}, seed=23, cases=CASES[:1]))
    assert made.judgement is not None
    runs = [run for run in made.runs if run.side is Side.HEAD]
    rows = [
        replace(
            row,
            verdict=Verdict.INCONCLUSIVE,
            n=0,
            base=None,
            change=None,
            difference=None,
            detectable=None,
        )
        for row in _rows(made)
    ]
    judgement = replace(
        made.judgement,
        comparisons=rows,
        suite=(),
        objectives=(),
        verdict=Verdict.INCONCLUSIVE,
    )
    return replace(made, runs=runs, judgement=judgement)


def not_judged() -> Record:
    """Measured only."""
    return replace(improvement(), judgement=None)


def certified() -> Record:
    """The release gate's question, answered."""
    made = unchanged()
    assert made.judgement is not None
    policy = Policy(goal=Goal.CERTIFY, certain=True)
    return replace(
        made,
        plan=replace(made.plan, policy=policy),
        judgement=replace(made.judgement, policy=policy, verdict=Verdict.UNCHANGED),
    )


def empty() -> Record:
    """A session that ended before its first run."""
    return replace(not_judged(), runs=(), finished="")


def _rows(made: Record) -> Sequence[Comparison]:
    assert made.judgement is not None
    return made.judgement.comparisons


MAKERS = {
    "regression": regression,
    "improvement": improvement,
    "unchanged": unchanged,
    "certified": certified,
    "inconclusive": inconclusive,
    "invalid": invalid,
    "missed": missed,
    "busy": busy,
    "explained": explained,
    "sizes": sizes,
    "even": even,
    "many": many,
    "everything-changed": everything_changed,
    "hostile": hostile,
    "commits": commits,
    "one-side": one_side,
    "not-judged": not_judged,
    "empty": empty,
}


@cache
def get(name: str) -> Record:
    """The record of that name; made once."""
    return MAKERS[name]()


def keep(record: Record, out: Path) -> None:
    """The directory of a run without its reports, whose pictures take seconds to draw."""
    out.mkdir(parents=True, exist_ok=True)
    save(record, out / "record.json")
