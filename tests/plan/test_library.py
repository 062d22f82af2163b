"""The scenarios and components that come with Loadstone."""

import functools
import itertools
import json
from pathlib import Path

import jsonschema
import msgspec
import pytest

from loadstone.apiserver.dials import Dials, Fault
from loadstone.errors import UsageError
from loadstone.formats import scraped
from loadstone.formats.schemas import SCHEMAS, text
from loadstone.formats.yaml_text import read
from loadstone.plan import catalogue
from loadstone.plan.components import parse_component
from loadstone.plan.matrix import cases, fit
from loadstone.plan.presets import parse_preset, with_series
from loadstone.plan.scenarios import parse_scenario

ROOT = Path(__file__).parents[2]
SCENARIOS = sorted(ROOT.glob("scenarios/**/*.yaml"))
COMPONENTS = sorted([*ROOT.glob("components/*.yaml"), *ROOT.glob("examples/*/component.yaml")])
PRESETS = sorted(ROOT.glob("presets/*.yaml"))
INGRESS = sorted(ROOT.glob("scenarios/ingress/*.yaml"))
ROUTES = sorted(ROOT.glob("scenarios/routes/*.yaml"))


def names(paths):
    return [str(path.relative_to(ROOT)) for path in paths]


@functools.cache  # every worker asks for it, for each pair
def scenario(path):
    return parse_scenario(path.read_text(), str(path.relative_to(ROOT)))


@functools.cache
def component(path):
    found = parse_component(path.read_text(), str(path.relative_to(ROOT)))
    return with_series(
        found, [preset(ROOT / f"presets/{name}.yaml") for name in found.all_presets()]
    )


@functools.cache
def preset(path):
    return parse_preset(path.read_text(), str(path.relative_to(ROOT)))


@pytest.mark.parametrize("path", COMPONENTS, ids=names(COMPONENTS))
def test_every_component_is_read(path):
    named = path.parent.name if path.stem == "component" else path.stem
    assert component(path).component == named


@pytest.mark.parametrize("path", PRESETS, ids=names(PRESETS))
def test_every_preset_is_read_and_every_series_of_it_is_a_metric_or_tells_who_did_it(path):
    found = preset(path)
    assert found.preset == path.stem
    sources = [source for each in found.metrics.values() for source in (each.source, each.per)]
    used = {catalogue.alias(source) for source in sources if source}
    apart = {name for name, entry in found.scrape.items() if scraped(entry).sum_by}
    assert found.scrape.keys() - used - apart == set()


def test_presets_may_be_named_together():
    everything = [preset(path) for path in PRESETS]
    merged = with_series(component(ROOT / "components/traefik.yaml"), everything)
    assert len(merged.scrape) > 60
    metrics = [name for each in everything for name in each.metrics]
    assert len(metrics) == len(set(metrics))


@pytest.mark.parametrize("path", SCENARIOS, ids=names(SCENARIOS))
def test_every_scenario_has_the_tiers_that_are_promised(path):
    read_one = scenario(path)
    assert {"quick", "pr", "release"} <= set(read_one.tiers)
    assert all(cases(read_one, tier) for tier in read_one.tiers)


OF_ONE_ROLE = [
    pair
    for pair in itertools.product(SCENARIOS, COMPONENTS)
    if scenario(pair[0]).role == component(pair[1]).role
]


def sends(path):
    """The protocols of a scenario's load."""
    steps = (step for each in cases(scenario(path), "quick") for step in each.workload["measured"])
    return {step.get("protocol", "http1") for step in steps if step.get("do") == "load"}


REFUSED = [pair for pair in OF_ONE_ROLE if sends(pair[0]) & set(component(pair[1]).refuses)]


@pytest.mark.parametrize(("scenario_path", "component_path"), REFUSED)
def test_a_component_is_not_measured_with_load_that_its_file_refuses(scenario_path, component_path):
    with pytest.raises(UsageError, match="does not take"):
        fit(cases(scenario(scenario_path), "quick"), component(component_path))


@pytest.mark.parametrize(
    ("scenario_path", "component_path"), [pair for pair in OF_ONE_ROLE if pair not in REFUSED]
)
def test_every_scenario_fits_every_component_of_its_role(scenario_path, component_path):
    fitted, _ = fit(cases(scenario(scenario_path), "quick"), component(component_path))
    assert all(any(metric.gated for metric in case.metrics) for case in fitted)


def test_every_scenario_and_every_component_has_another_to_go_with():
    paths = {path for pair in OF_ONE_ROLE for path in pair}
    assert paths == {*SCENARIOS, *COMPONENTS}


def test_traefik_gives_every_metric_that_is_asked_for():
    traefik = component(ROOT / "components" / "traefik.yaml")
    assert [fit(cases(scenario(path), "quick"), traefik)[1] for path in INGRESS] == [[], [], []]


def test_the_quick_tier_is_four_cases_and_ends_within_six_minutes():
    chosen = [case for path in INGRESS for case in cases(scenario(path), "quick")]
    assert len(chosen) == 4
    assert 2 * 5 * sum(case.estimate for case in chosen) <= 360


def test_the_routes_end_within_six_minutes_in_their_quick_tier():
    chosen = [case for path in ROUTES for case in cases(scenario(path), "quick")]
    assert 2 * 5 * sum(case.estimate for case in chosen) <= 360


@pytest.mark.parametrize("family", ["cluster", "controller", "control-plane", "grpc", "scheduler"])
def test_a_family_has_its_first_look_within_six_minutes_in_its_quick_tier(family):
    paths = sorted(ROOT.glob(f"scenarios/{family}/*.yaml"))
    tiers = [scenario(path).tiers["quick"] for path in paths]
    rounds = max(tier.looks[0] for tier in tiers)
    chosen = [case for path in paths for case in cases(scenario(path), "quick")]
    seconds = 2 * rounds * sum(case.estimate for case in chosen)
    assert seconds <= min(360, *(tier.budget for tier in tiers))


def test_a_service_has_as_many_servers_as_it_gets_endpoints():
    found = cases(scenario(ROOT / "scenarios/routes/endpoints.yaml"), "pr")
    assert [case.case.axes["endpoints"] for case in found] == [30, 90, 300]
    assert [case.workload["upstream"]["servers"] for case in found] == [30, 90, 300]


def test_the_grid_has_three_held_numbers_for_each_of_three_rates():
    """What fits a straight line needs three sizes of each axis."""
    found = [case.case.axes for case in cases(scenario(INGRESS[-1]), "grid")]
    assert {(axes["held"], axes["rate"]) for axes in found} == {
        (held, rate) for held in (1000, 2000, 3000) for rate in (100, 200, 300)
    }


@pytest.mark.parametrize("kind", ["HTTPProxy", "HTTPRoute"])
@pytest.mark.parametrize("path", [*INGRESS, *ROUTES], ids=names([*INGRESS, *ROUTES]))
def test_the_routes_of_contour_are_of_the_kind_that_its_file_is_called_by(path, kind):
    found = component(ROOT / f"components/contour-{kind.lower()}.yaml")
    for case in fit(cases(scenario(path), "quick"), found)[0]:
        checked = [each for each in case.workload["templates"].values() if each.get("check")]
        assert {each["objects"][0]["kind"] for each in checked} == {kind}


def test_contour_is_the_same_with_routes_of_either_kind():
    both = [
        component(ROOT / f"components/{each}.yaml") for each in ("contour", "contour-httpproxy")
    ]
    as_it_is = [(each.revisions, each.objects, each.processes, each.traffic) for each in both]
    assert as_it_is[0] == as_it_is[1]


def test_the_quick_tier_of_service_proxies_ends_within_six_minutes():
    paths = sorted(ROOT.glob("scenarios/service-proxy/*.yaml"))
    chosen = [case for path in paths for case in cases(scenario(path), "quick")]
    assert len(chosen) == 8
    (rounds,) = {look for path in paths for look in scenario(path).tiers["quick"].looks}
    assert 2 * rounds * sum(case.estimate for case in chosen) <= 360


def test_quick_cases_carry_the_factor_of_every_size_they_shrink():
    scales = [case.scale for path in INGRESS for case in cases(scenario(path), "quick")]
    assert all(scale and all(factor < 1 for factor in scale.values()) for scale in scales)


def test_one_name_is_one_metric_in_all_ingress_scenarios():
    """Suite rows speak of one metric over all cases, so its unit and direction must agree."""
    kinds: dict[str, set[tuple[str, str, str]]] = {}
    for path in INGRESS:
        for name, metric in scenario(path).metrics.items():
            kinds.setdefault(name, set()).add((metric.unit, metric.better, metric.source))
    assert [name for name, kind in kinds.items() if len(kind) > 1] == []


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schema_for_editors_is_current(name):
    kept = ROOT / "docs" / "schemas" / f"{name}.schema.json"
    assert kept.read_text(encoding="utf-8") == text(name), (
        f"python -m loadstone.formats.schemas {name} > docs/schemas/{name}.schema.json"
    )


EVERY = SCENARIOS + COMPONENTS + PRESETS


@pytest.mark.parametrize("path", EVERY, ids=names(EVERY))
def test_every_file_names_its_schema_and_an_editor_finds_no_fault_in_it(path):
    first = path.read_text().splitlines()[0]
    prefix = "# yaml-language-server: $schema="
    assert first.startswith(prefix)
    schema = json.loads((path.parent / first.removeprefix(prefix)).read_text())
    data = read(path.read_text(), path.name).data
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(data)) == []


@pytest.mark.parametrize("verb", ["create", "update", "patch"])
def test_of_cluster_apis_managers_the_one_for_development_alone_is_spared_failures(verb):
    """Of which one failed patch is never made good (decision 386)."""
    planned = cases(scenario(ROOT / "scenarios/cluster-api/slow-api.yaml"), "quick")[0]
    dials = Dials([msgspec.convert(dial, Fault) for dial in planned.workload["dials"]])
    managers = component(ROOT / "components/cluster-api.yaml").started()
    spared = {name for name in managers if not failing(dials, verb, f"{name}/v0 (linux)")}
    slow = {name for name in managers if dials.effect(verb, "machines", "", f"{name}/v0").latency}
    assert (spared, slow) == ({"infrastructure"}, set(managers))


def failing(dials, verb, agent):
    return dials.effect(verb, "devclusters", "infrastructure.cluster.x-k8s.io", agent).errors
