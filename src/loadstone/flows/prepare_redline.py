"""Preparation of a redline search: one axis, its sizes, the objectives, a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec

from loadstone import formats
from loadstone.errors import InvalidFile, Problem, UsageError
from loadstone.flows.planned_files import read_files, uncounted_of
from loadstone.flows.prepare import plan_of
from loadstone.flows.prepared_job import Job
from loadstone.flows.request import Request
from loadstone.flows.revision_programs import resolved
from loadstone.model import CasePlan, Note, Policy, Search, Side
from loadstone.model.events import Watch, silent

MOST_SIZES = 400  # of a ladder: at 10 % apart, they span 16 powers of ten


@dataclass(frozen=True, kw_only=True)
class RedlineRequest:
    """A search as `loadstone redline` is asked for it; "": as the scenario suggests."""

    request: Request  # `base` is "" where one revision is searched alone
    axis: str = ""
    low: str = ""
    high: str = ""
    precision: float = 0.1
    least: int = 3
    most: int = 10
    objectives: Sequence[str] = ()
    fixed: Sequence[str] = ()  # `AXIS=VALUE` each


def prepare(wanted: RedlineRequest, *, watch: Watch = silent) -> Job:
    """Read the files, bind a case for every size, and resolve the revisions to programs."""
    return resolved(sketch(wanted), wanted.request, watch=watch)


def sketch(wanted: RedlineRequest) -> Job:
    """Plan without resolving programs. Raises `UsageError` or `InvalidFile`."""
    from loadstone.plan.matrix import fit, tier_of
    from loadstone.plan.sizes import searched_axis

    request = wanted.request
    component, scenarios = read_files(request)
    scenario = _single(scenarios)
    tier = tier_of(scenario, request.tier)
    search = _search(wanted, scenario, tier, searched_axis(scenario, wanted.axis))
    sized = _cases(wanted, scenario, tier, search)
    cases, notes = fit(sized, component, uncounted=uncounted_of(sized, request))
    _require_objectives(cases, scenario)
    policy = Policy(alpha=request.alpha, budget=request.budget, certain=request.certain)
    plan = plan_of(request, component, [_noted(case) for case in cases], policy)
    told = [*notes, *_left(cases[0], search), _expected(cases, search)]
    return Job(plan=replace(plan, search=search), component=component, notes=told)


def _cases(
    wanted: RedlineRequest, scenario: formats.Scenario, tier: formats.Tier, search: Search
) -> list[CasePlan]:
    """A case for every size, with the objectives that were asked for, or else the scenario's."""
    from loadstone.plan.objectives import objectives
    from loadstone.plan.sizes import fixed_axes, sized

    axes = fixed_axes(scenario, tier, wanted.fixed)
    chosen = [text.partition("=")[0] for text in wanted.fixed]
    cases = sized(scenario, tier, axes, search.axis, search.sizes, chosen=chosen)
    asked = objectives(wanted.objectives, scenario.metrics)
    return [replace(case, objectives=asked) if asked else case for case in cases]


def _single(scenarios: Sequence[formats.Scenario]) -> formats.Scenario:
    if len(scenarios) == 1:
        return scenarios[0]
    names = ", ".join(scenario.scenario for scenario in scenarios)
    raise UsageError(
        "a redline is searched in one scenario at a time", next_step=f"choose one of: {names}"
    )


def _search(
    wanted: RedlineRequest, scenario: formats.Scenario, tier: formats.Tier, axis: str
) -> Search:
    from loadstone.plan import sizes
    from loadstone.stats.redline.size_grid import ladder

    low, high = _ends(wanted, scenario, tier, axis)
    rungs = ladder(low, high, wanted.precision, whole=sizes.whole(scenario, axis))
    if len(rungs) > MOST_SIZES:
        raise UsageError(
            f"from {low:g} to {high:g} there are {len(rungs)} sizes, {MOST_SIZES} are the most",
            next_step="choose a coarser --precision, or --from and --to nearer to each other",
        )
    return Search(
        axis=axis,
        unit=scenario.axes[axis].unit,
        sizes=rungs,
        precision=wanted.precision,
        least=wanted.least,
        most=wanted.most,
        sides=tuple(Side) if wanted.request.base else (Side.HEAD,),
    )


def _ends(
    wanted: RedlineRequest, scenario: formats.Scenario, tier: formats.Tier, axis: str
) -> tuple[float, float]:
    """The smallest and the largest size. Raises `InvalidFile` with what is wrong with either."""
    from loadstone.plan import sizes

    usual = sizes.ends(scenario, tier, axis)
    found: list[float] = []
    problems: list[Problem] = []
    for option, text, otherwise in zip(
        ("--from", "--to"), (wanted.low, wanted.high), usual, strict=True
    ):
        try:
            found.append(sizes.size(scenario, axis, text, option) if text else otherwise)
        except InvalidFile as error:
            problems += error.problems
    if not problems and found[0] >= found[1]:
        what = f"the search has to begin below where it ends ({found[0]:g} and {found[1]:g})"
        problems = [Problem(where="--from, --to", what=what)]
    if problems:
        raise InvalidFile(problems, next_step=f"give --from and --to as values of `{axis}`")
    return found[0], found[1]


def _require_objectives(cases: Sequence[CasePlan], scenario: formats.Scenario) -> None:
    if not cases[0].objectives:
        metrics = ", ".join(metric.name for metric in cases[0].metrics)
        raise UsageError(
            f"the scenario `{scenario.scenario}` has no objective that a size could meet or miss",
            next_step="add one, as in --objective 'latency_p99<=30ms', or under `objectives:` in"
            f" the scenario; its metrics are: {metrics}",
        )


def _noted(case: CasePlan) -> CasePlan:
    """With a note for each objective whose percentile rests on too few requests at this size."""
    from loadstone.plan.metrics import too_few

    workload = msgspec.convert(case.workload, formats.Workload)
    short = {
        each.metric: too_few(case.sources[each.metric].quantity, workload, case.window)
        for each in case.objectives
    }
    notes = [
        Note.of("few-requests", metric=metric, have=found[0], needed=found[1])
        for metric, found in short.items()
        if found is not None
    ]
    return replace(case, notes=notes)


def _left(case: CasePlan, search: Search) -> list[Note]:
    """What the other axes are, for whoever did not choose them."""
    others = [f"{axis}={value}" for axis, value in case.case.axes.items() if axis != search.axis]
    return [Note.of("searched-at", axes=", ".join(others))] if others else []


def _expected(cases: Sequence[CasePlan], search: Search) -> Note:
    """How long it will take, roughly: from as few runs as can decide to as many as may."""
    from loadstone.stats.redline.bisection import Bisection

    steps = Bisection(sizes=search.sizes, least=search.least, most=search.most).steps
    runs = steps * len(search.sides)
    minutes = [times * runs * cases[0].estimate / 60 for times in (search.least, search.most)]
    return Note.of(
        "search",
        sizes=len(search.sizes),
        axis=search.axis,
        low=search.sizes[0],
        high=search.sizes[-1],
        steps=steps,
        least=search.least,
        most=search.most,
        shortest=minutes[0],
        longest=minutes[1],
    )
