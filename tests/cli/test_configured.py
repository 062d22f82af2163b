"""What the file says need not be asked for; what a flag says wins."""

import json

import pytest

from loadstone.flows.judge import judged
from tests.e2e.command import loadstone
from tests.report import samples

FILE = """\
scenario: ingress-config
component: traefik
base: "3.7.10"
head: "3.7.15"
looks: [4, 6]
budget: 90s
certain: true
out: perf
"""


@pytest.fixture
def say(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loadstone.yaml").write_text(FILE)
    return lambda *arguments: loadstone(*arguments, capsys=capsys)


def test_with_a_file_nothing_has_to_be_asked_for(say):
    plan = json.loads(say("plan", "--json").out)
    assert (plan["base"]["asked"], plan["head"]["asked"]) == ("3.7.10", "3.7.15")
    assert plan["scenarios"] == ["ingress-config"]
    assert plan["policy"]["looks"] == [4, 6]
    assert plan["policy"]["budget"] == 90.0
    assert plan["policy"]["certain"] is True
    assert plan["config"] == "loadstone.yaml"


def test_a_flag_wins_over_the_file(say):
    flags = ("--head", "3.7.16", "--looks", "5,7", "--no-certain", "-s", "ingress-churn")
    plan = json.loads(say("plan", *flags, "--json").out)
    assert plan["head"]["asked"] == "3.7.16"
    assert plan["scenarios"] == ["ingress-churn"]
    assert plan["policy"]["looks"] == [5, 7]
    assert plan["policy"]["certain"] is False


SEVERAL = """\
component:
  - {name: traefik, scenario: ingress-config, budget: 90s}
  - {name: other, scenario: ingress-churn}
base: "3.7.10"
head: "3.7.15"
tier: quick
"""


def test_of_several_components_the_flag_says_which_and_the_file_says_the_rest(say, tmp_path):
    (tmp_path / "loadstone.yaml").write_text(SEVERAL)
    plan = json.loads(say("plan", "--component", "traefik", "--json").out)
    assert plan["scenarios"] == ["ingress-config"]
    assert plan["policy"]["budget"] == 90.0
    lacking = say("plan")
    assert lacking.code == 2
    assert "--component" in lacking.err
    assert "traefik, other" in lacking.err


def test_a_named_file_is_read_instead(say, tmp_path):
    (tmp_path / "other.yaml").write_text(FILE.replace('"3.7.15"', "v9"))
    assert json.loads(say("plan", "--config", "other.yaml", "--json").out)["head"]["asked"] == "v9"


def test_what_run_writes_where_the_file_says_is_what_others_read(say, tmp_path):
    samples.keep(judged(samples.regression(), anew=True), tmp_path / "perf")
    assert say("report").code == 1
    assert say("explain", "body=600", "latency_p99", "--json").code == 2  # two cases: it was read
    assert "3.7.15" in say("compare").out


def test_a_mistake_in_the_file_is_said_with_its_line_before_anything_else(say, tmp_path):
    (tmp_path / "loadstone.yaml").write_text(FILE + "alpha: 5\ntiers: quick\n")
    for command in (("plan",), ("run",), ("report",), ("baseline", "list"), ("doctor",)):
        said = say(*command)
        assert said.code == 2
        assert "loadstone.yaml:9:8" in said.err
        assert "loadstone.yaml:10:1: unknown key `tiers` (did you mean `tier`?)" in said.err


def test_all_that_is_missing_is_said_at_once_and_where_it_can_be_said(say, tmp_path):
    (tmp_path / "loadstone.yaml").write_text("component: traefik\n")
    said = say("run", "--base", "1")
    assert said.code == 2
    assert said.err.splitlines() == [
        "loadstone: --scenario, --head are missing",
        "  next: say it by flag (loadstone run --help), or for every time in loadstone.yaml",
    ]


def test_a_redline_takes_one_scenario_from_the_file_and_says_so_where_there_are_two(say, tmp_path):
    (tmp_path / "loadstone.yaml").write_text("scenario: [a, b]\ncomponent: traefik\nhead: v1\n")
    assert "--scenario is missing" in say("redline").err


def test_filters_of_what_is_kept_are_no_defaults(say):
    assert json.loads(say("baseline", "list", "--json").out) == []


def test_schemas_are_written_into_a_repository(say, tmp_path):
    said = say("schema")
    assert said.code == 0
    folder = tmp_path / ".loadstone" / "schemas"
    written = sorted(path.name for path in folder.iterdir())
    assert written == [
        f"{name}.schema.json" for name in ("component", "loadstone", "preset", "scenario")
    ]
    assert "# yaml-language-server: $schema=.loadstone/schemas/scenario.schema.json" in said.out
    assert json.loads(say("schema", "other", "--json").out)["written"][0].startswith("other/")


def test_a_schema_that_cannot_be_written_is_wrong_use(say, tmp_path):
    (tmp_path / "file").write_text("")
    assert say("schema", "file/deeper").code == 2


@pytest.mark.parametrize("bare", [(), ("baseline",)])
def test_a_bare_command_prints_its_help_and_is_no_pass(say, bare):
    said = say(*bare)
    assert said.code == 2
    assert said.out.startswith(f"Usage: {' '.join(['loadstone', *bare])} ")
    assert said.err == ""
