"""The command of a report measures what the report measured."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from loadstone.cli.plan import command as plan_command
from loadstone.flows import prepare
from loadstone.flows.request import Request
from loadstone.model import Goal, Plan
from loadstone.report.common.commands import command
from tests.report import samples

ROOT = Path(__file__).parents[3]


def planned(*flags: object) -> dict[str, object]:
    """The plan that `loadstone plan` makes of the flags."""
    result = CliRunner().invoke(plan_command, [*map(str, flags), "--json"])
    assert result.exit_code == 0, result.output
    plan: dict[str, object] = json.loads(result.output)
    return plan


def asked(**more: object) -> Plan:
    request = Request(
        scenarios=["ingress"], component="traefik", base="3.7.10", head="3.7.15", looks=(4,)
    )
    return prepare.sketch(replace(request, **more)).plan  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"cases": "ingress-latency/*body=600*"},
        {"generator": "k6", "seed": 7, "alpha": 0.01, "budget": 90.0},
        {"goal": Goal.CERTIFY, "certain": True, "tier": "pr"},
        {"provider": "existing", "place": "pods", "scenarios": ["ingress-latency"]},
        {"component": "components/traefik.yaml", "scenarios": ["scenarios/ingress"]},
    ],
)
def test_the_command_makes_the_same_plan_again(more, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)  # where no configuration file says anything
    if "component" in more:
        more = {
            "component": str(ROOT / more["component"]),
            "scenarios": [str(ROOT / name) for name in more["scenarios"]],
        }
    plan = asked(**more)
    _, _, *flags = shlex.split(command(plan))

    found, wanted = planned(*flags), json.loads(msgspec.json.encode(plan))
    assert {**found, "created": ""} == {**wanted, "created": ""}


def test_names_that_a_configuration_file_explains_are_found_by_it_again(tmp_path):
    shipped = (ROOT / "components" / "traefik.yaml").read_text()
    folder = tmp_path / "of mine"
    folder.mkdir()
    (folder / "edge.yaml").write_text(shipped.replace("component: traefik", "component: edge"))
    file = tmp_path / "bench.yaml"
    file.write_text(f"components: ['{folder}']\n")

    made = planned("-s", "ingress", "-c", "edge", "--base", "1", "--head", "2", "--config", file)
    again = shlex.split(command(msgspec.convert(made, Plan)))

    assert again[2:4] == ["--config", str(file)]
    assert {**planned(*again[2:]), "created": ""} == {**made, "created": ""}


def test_a_family_a_selection_and_a_generator_are_shown_as_they_were_asked():
    words = command(asked(cases="ingress-churn*", generator="k6"))

    assert "--scenario ingress --component traefik --base 3.7.10" in words
    assert "--case 'ingress-churn*' --generator k6" in words


def test_a_record_of_an_older_version_names_its_scenarios():
    words = command(samples.get("regression").plan)

    assert "--scenario ingress-latency --component traefik" in words
    assert "--case" not in words
    assert "--generator" not in words
