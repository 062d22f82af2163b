"""The scenarios and components that come with Loadstone."""

import itertools
import json
from pathlib import Path

import jsonschema
import pytest

from loadstone.formats.schemas import SCHEMAS, text
from loadstone.formats.yaml_text import read
from loadstone.plan.components import parse_component
from loadstone.plan.matrix import cases, fit
from loadstone.plan.scenarios import parse_scenario

ROOT = Path(__file__).parents[2]
SCENARIOS = sorted(ROOT.glob("scenarios/**/*.yaml"))
COMPONENTS = sorted(ROOT.glob("components/*.yaml"))
INGRESS = sorted(ROOT.glob("scenarios/ingress/*.yaml"))


def names(paths):
    return [str(path.relative_to(ROOT)) for path in paths]


def scenario(path):
    return parse_scenario(path.read_text(), str(path.relative_to(ROOT)))


def component(path):
    return parse_component(path.read_text(), str(path.relative_to(ROOT)))


@pytest.mark.parametrize("path", COMPONENTS, ids=names(COMPONENTS))
def test_every_component_is_read(path):
    assert component(path).component == path.stem


@pytest.mark.parametrize("path", SCENARIOS, ids=names(SCENARIOS))
def test_every_scenario_has_the_tiers_that_are_promised(path):
    read_one = scenario(path)
    assert {"quick", "pr", "release"} <= set(read_one.tiers)
    assert all(cases(read_one, tier) for tier in read_one.tiers)


@pytest.mark.parametrize(
    ("scenario_path", "component_path"), list(itertools.product(INGRESS, COMPONENTS))
)
def test_every_ingress_scenario_fits_every_component(scenario_path, component_path):
    fitted, _ = fit(cases(scenario(scenario_path), "quick"), component(component_path))
    assert all(any(metric.gated for metric in case.metrics) for case in fitted)


def test_traefik_gives_every_metric_that_is_asked_for():
    traefik = component(ROOT / "components" / "traefik.yaml")
    assert [fit(cases(scenario(path), "quick"), traefik)[1] for path in INGRESS] == [[], [], []]


def test_the_quick_tier_is_four_cases_and_ends_within_six_minutes():
    chosen = [case for path in INGRESS for case in cases(scenario(path), "quick")]
    assert len(chosen) == 4
    assert 2 * 5 * sum(case.estimate for case in chosen) <= 360


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


@pytest.mark.parametrize("path", SCENARIOS + COMPONENTS, ids=names(SCENARIOS + COMPONENTS))
def test_every_file_names_its_schema_and_an_editor_finds_no_fault_in_it(path):
    first = path.read_text().splitlines()[0]
    prefix = "# yaml-language-server: $schema="
    assert first.startswith(prefix)
    schema = json.loads((path.parent / first.removeprefix(prefix)).read_text())
    data = read(path.read_text(), path.name).data
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(data)) == []
