"""The shipped scenarios on real ingress controllers, both sides, at the quick tier."""

from functools import partial
from pathlib import Path

import pytest

from loadstone.cluster.provider import provider
from loadstone.component.process import start
from loadstone.component.revisions.resolve import resolve
from loadstone.flows.settings import cache_directory
from loadstone.formats.configuration import Config
from loadstone.measure.context import SessionInputs
from loadstone.measure.load.table import generator
from loadstone.measure.session import measure
from loadstone.model import Plan, Policy, Run, Side, Slot
from loadstone.plan.components import parse_component
from loadstone.plan.matrix import cases, fit
from loadstone.plan.scenarios import parse_scenario
from loadstone.profiles.pprof import parse, problem
from loadstone.report.common.sentences import in_full

ROOT = Path(__file__).parents[2]
PAIRS = {"traefik": ("3.7.10", "3.7.15"), "caddy": ("2.11.4", "2.11.7")}
# What a machine that does other things at the same time may do to a run.
BUSY = {"generator-bottleneck", "upstream-bottleneck", "stolen-time", "rate-short"}

pytestmark = [pytest.mark.slow, pytest.mark.e2e, pytest.mark.timeout(300)]


def measured(component_name: str, scenario_name: str, tmp_path: Path) -> tuple[Plan, list[Run]]:
    """One run of the first case on each side."""
    file = ROOT / f"components/{component_name}.yaml"
    component = parse_component(file.read_text(), file.name)
    file = ROOT / f"scenarios/ingress/{scenario_name}.yaml"
    chosen, _ = fit(cases(parse_scenario(file.read_text(), file.name), "quick")[:1], component)
    base, head = (
        resolve(component, asked, side, cache=cache_directory(Config()))
        for side, asked in zip(Side, PAIRS[component_name], strict=True)
    )
    plan = Plan(
        component=component.component,
        provider="memory",
        tier="quick",
        base=base,
        head=head,
        cases=chosen,
        policy=Policy(),
        seed=7,
    )
    name = chosen[0].case.name
    slots = [Slot(case=name, side=side, round=0, order=n) for n, side in enumerate(Side)]
    with provider("memory").provision(workdir=tmp_path) as cluster:
        inputs = SessionInputs(
            plan=plan,
            component=component,
            cluster=cluster,
            start=partial(start, component),
            generator=generator("openloop"),
            profile_problem=problem,
            out=tmp_path / "out",
            workdir=tmp_path,
        )
        runs = measure(inputs, lambda so_far: slots[len(so_far) :], on_run=lambda _: None)
    return plan, runs


def reasons(run: Run) -> list[str]:
    return [f"{why.code}: {in_full(why)}" for why in run.invalid if why.code not in BUSY]


@pytest.mark.parametrize("scenario", ["latency", "config", "churn"])
@pytest.mark.parametrize("component", PAIRS)
def test_every_scenario_comes_to_values_on_both_sides(component, scenario, tmp_path):
    plan, runs = measured(component, scenario, tmp_path)
    assert [run.side for run in runs] == list(Side)
    (case,) = plan.cases
    gated = {metric.name for metric in case.metrics if metric.gated}
    for run in runs:
        assert reasons(run) == []
        assert gated <= run.values.keys()
        assert run.quantities["process.anon_peak"] < run.quantities["process.rss_peak"]
        assert set(run.profiles) == {"cpu", "heap"}
        assert all((tmp_path / "out" / path).stat().st_size for path in run.profiles.values())


def test_what_traefik_asks_of_the_api_server_is_counted_exactly(tmp_path):
    _, runs = measured("traefik", "config", tmp_path)
    for run in runs:
        assert run.quantities["api.requests"] == run.quantities["api.requests.watch"] == 6
        assert all("traefik" in key for key in run.requests)
        # 100 routes and 20 changes, besides the backends and the bookmarks of six watches
        assert run.quantities["api.watch_events"] >= 120
        assert run.quantities["scrape.reloads.delta"] > 0


def test_traefik_makes_no_key_while_it_is_measured(tmp_path):
    """The search for the primes of an RSA key takes a random time, at every change."""
    _, runs = measured("traefik", "config", tmp_path)
    for run in runs:
        profile = parse((tmp_path / "out" / run.profiles["cpu"]).read_bytes())
        cpu = profile.column("cpu")
        keys = [each for each in profile.samples if any("rsa." in name for name in each.stack)]
        spent = sum(each.values[cpu] for each in profile.samples)
        assert spent > 0
        assert sum(each.values[cpu] for each in keys) <= 0.25 * spent
