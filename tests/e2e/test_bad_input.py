"""Bad input: each kind gives one message that a user can act on, and the documented exit code.

None of these starts a cluster; what only shows while measuring is in `test_bad_runs`.
"""

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml

from tests.e2e.command import loadstone

ROOT = Path(__file__).parent.parent.parent
SCENARIO = ROOT / "scenarios" / "ingress" / "latency.yaml"
COMPONENT = ROOT / "components" / "traefik.yaml"


@pytest.fixture
def say(tmp_path, monkeypatch, capsys):
    """Run a command line in an empty directory."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: loadstone(*arguments, capsys=capsys)


def plan(scenario="ingress", component="traefik", *more):
    return ["plan", "-s", scenario, "-c", component, "--base", "1", "--head", "2", *more]


WINDOW = re.compile(r"window: \d+s")


def changed(path, edit, *, name="bad.yaml"):
    """A copy of a shipped file with one edit, in the working directory."""
    text = path.read_text()
    new = edit(text)
    assert new != text, "the edit changes nothing"
    Path(name).write_text(new)
    return name


def line_of(name, fragment):
    lines = Path(name).read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if fragment in line)


def assert_one_message(said, code, *fragments):
    assert said.code == code, said
    assert "Traceback" not in said.err + said.out
    assert said.err.startswith("loadstone: ")
    for fragment in fragments:
        assert str(fragment) in said.err, said.err


# --- files ----------------------------------------------------------------------------------------


def test_an_unknown_key_names_the_line_and_the_nearest_key(say):
    file = changed(SCENARIO, lambda text: text.replace("\ntiers:", "\nteirs:", 1))
    assert_one_message(say(*plan(file)), 2, f"{file}:{line_of(file, 'teirs')}", "tiers")


def test_a_wrong_type_names_the_line(say):
    file = changed(SCENARIO, lambda text: WINDOW.sub("window: [4]", text, count=1))
    assert_one_message(say(*plan(file)), 2, f"{file}:{line_of(file, 'window: [4]')}")


def test_all_problems_of_a_file_come_at_once(say):
    def edit(text):
        return WINDOW.sub("windwo: 4s", text, count=1).replace("better: lower", "better: up", 1)

    file = changed(SCENARIO, edit)
    said = say(*plan(file))
    assert_one_message(said, 2, "windwo", line_of(file, "better: up"))


def test_the_problems_of_all_files_come_at_once(say):
    scenario = changed(SCENARIO, lambda text: text.replace("\nabout:", "\nabuot:", 1))
    component = changed(COMPONENT, lambda text: text.replace("\nready:", "\nraedy:"), name="c.yaml")
    assert_one_message(say(*plan(scenario, component)), 2, "abuot", "raedy")


def test_an_axis_that_is_not_there_is_named(say):
    file = changed(
        SCENARIO,
        lambda text: text.replace("rate: ${rate}", "rate: ${rat}").replace(
            'rate: "${rate}"', 'rate: "${rat}"'
        ),
    )
    assert_one_message(say(*plan(file)), 2, "rat", file)


def test_an_impossible_matrix_is_refused_before_anything_runs(say):
    file = changed(
        SCENARIO, lambda text: text.replace("values: [600B, 22kB]", "values: [600B, 23kB]")
    )
    assert_one_message(say(*plan(file)), 2, "23")


def test_an_empty_axis_is_refused(say):
    file = changed(SCENARIO, lambda text: text.replace("values: [600B, 22kB]", "values: []"))
    assert_one_message(say(*plan(file)), 2, f"{file}:{line_of(file, 'values: []')}")


def test_an_objective_on_an_unknown_metric_is_refused(say):
    file = changed(
        SCENARIO,
        lambda text: text.replace("{metric: latency_p99, at_most", "{metric: latncy, at_most"),
    )
    assert_one_message(say(*plan(file)), 2, "latncy", f"{file}:{line_of(file, 'latncy')}")


def test_a_metric_from_an_unknown_quantity_is_refused(say):
    file = changed(SCENARIO, lambda text: text.replace("source: latency.p50", "source: latency.p5"))
    assert_one_message(say(*plan(file)), 2, "latency.p5", f"{file}:{line_of(file, 'latency.p5')}")


def test_a_key_given_twice_is_refused(say):
    file = changed(SCENARIO, lambda text: text + "\nrole: ingress\n")
    assert_one_message(say(*plan(file)), 2, "role", file)


def test_a_file_that_is_not_yaml_is_said_with_its_line(say):
    Path("bad.yaml").write_text("scenario: x\naxes: {rate: [1, 2\n")
    assert_one_message(say(*plan("bad.yaml")), 2, "bad.yaml:")


def test_a_file_of_another_encoding_is_said(say):
    Path("bad.yaml").write_bytes("scenario: \xe4\n".encode("latin-1"))
    assert_one_message(say(*plan("bad.yaml")), 2, "UTF-8")


def test_a_yaml_bomb_is_refused(say):
    levels = "\n".join(f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 9)}]" for i in range(1, 12))
    Path("bad.yaml").write_text(f"l0: &l0 [x]\n{levels}\n")
    assert_one_message(say(*plan("bad.yaml")), 2, "bad.yaml")


def test_a_directory_without_files_is_said(say):
    Path("empty").mkdir()
    assert_one_message(say(*plan("./empty/")), 2, "empty")


# --- names ----------------------------------------------------------------------------------------


def test_an_unknown_scenario_gets_the_nearest_one(say):
    assert_one_message(say(*plan("ingress-latncy")), 2, "did you mean `ingress-latency`")


def test_an_unknown_component_gets_the_known_ones(say):
    assert_one_message(say(*plan("ingress", "traffic-light")), 2, "known:", "traefik")


def test_an_unknown_provider_gets_the_known_ones(say):
    assert_one_message(say(*plan("ingress", "traefik", "-p", "minikube")), 2, "memory")


def test_an_unknown_tier_gets_the_known_ones(say):
    assert_one_message(say(*plan("ingress", "traefik", "--tier", "nightly")), 2, "quick", "release")


def test_a_glob_without_a_case_gets_the_cases(say):
    assert_one_message(say(*plan("ingress", "traefik", "--case", "x*")), 2, "ingress-latency/")


def test_a_component_of_another_role_is_refused(say):
    file = changed(COMPONENT, lambda text: text.replace("\nrole: ingress", "\nrole: operator"))
    assert_one_message(say(*plan("ingress", file)), 2, "operator")


def run(*more):
    return ["run", "-s", "ingress", "-c", "traefik", "--base", "3.7.10", "--head", "3.7.15", *more]


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "--index-url=x", "1.0; rm -rf /", "", "\u202e1"]
)
def test_a_revision_that_is_no_revision_is_refused_before_it_reaches_a_command(say, name):
    said = say("run", "-s", "ingress", "-c", "traefik", f"--base={name}", "--head", "3.7.15")
    assert_one_message(said, 2)


def test_a_program_that_is_not_there_is_said(say):
    said = say(
        "run", "-s", "ingress", "-c", "traefik", "--base", "path:nowhere", "--head", "path:x"
    )
    assert_one_message(said, 2, "nowhere")


def test_a_program_that_cannot_be_run_is_said(say):
    Path("notes.txt").write_text("not a program")
    said = say(
        "run", "-s", "ingress", "-c", "traefik", "--base", "path:notes.txt", "--head", "path:x"
    )
    assert_one_message(said, 2, "notes.txt")


# --- settings and output --------------------------------------------------------------------------


def test_a_misspelt_setting_gets_the_known_settings(say):
    Path("loadstone.yaml").write_text("tolls: {}\n")
    assert_one_message(say(*plan()), 2, "loadstone.yaml", "tools")


def test_a_budget_of_nothing_is_wrong_use(say):
    assert_one_message(say(*plan("ingress", "traefik", "--budget", "0")), 2, "--budget")


def test_looks_that_do_not_rise_are_wrong_use(say):
    assert_one_message(say(*plan("ingress", "traefik", "--looks", "6,4")), 2, "must rise")


@pytest.fixture
def programs(tmp_path):
    """Two programs that could be revisions, so that nothing is fetched."""
    for name in ("base", "head"):
        (tmp_path / name).write_text(f"#!/bin/sh\n# {name}\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    return ["run", "-s", "ingress", "-c", "traefik", "--base", "path:base", "--head", "path:head"]


def test_an_output_directory_that_is_a_file_is_wrong_use(say, programs):
    Path("taken").write_text("")
    assert_one_message(say(*programs, "--out", "taken"), 2, "taken")


def test_going_on_with_nothing_is_said(say, programs):
    assert_one_message(say(*programs, "--resume"), 2, "no unfinished run in out")


def test_a_configured_tool_that_is_not_there_is_named(say, programs):
    Path("loadstone.yaml").write_text("tools: {nginx: /nowhere/nginx}\n")
    assert_one_message(say(*programs), 2, "/nowhere/nginx")


# --- saved files ----------------------------------------------------------------------------------


@pytest.fixture
def record(tmp_path):
    """A real record, small, as JSON."""
    shutil.copy(ROOT / "tests" / "data" / "records" / "version-1.json", tmp_path / "record.json")
    return tmp_path / "record.json"


def test_a_record_that_is_not_there_is_said(say):
    assert_one_message(say("compare", "nowhere"), 2, "nowhere", "loadstone run")


def test_a_truncated_record_is_said(say, record):
    record.write_bytes(record.read_bytes()[:-200])
    assert_one_message(say("report", record), 2, "record.json")


def test_a_record_of_a_newer_version_asks_for_a_newer_loadstone(say, record):
    record.write_text(json.dumps({**json.loads(record.read_text()), "version": 999}))
    assert_one_message(say("compare", record), 2, "999", "newer")


def test_a_record_with_wrong_types_names_all_its_fields(say, record):
    document = json.loads(record.read_text())
    document["plan"]["seed"] = "seven"
    document["environment"]["harness"] = 1
    record.write_text(json.dumps(document))
    assert_one_message(say("compare", record), 2, "plan.seed", "environment.harness")


def test_numbers_that_are_none_are_refused(say, record):
    text = record.read_text().replace('"seconds":', '"seconds": NaN, "was":', 1)
    record.write_text(text)
    assert_one_message(say("compare", record), 2, "record.json")


def test_an_unknown_case_to_explain_gets_the_known_ones(say, record):
    case = json.loads(record.read_text())["plan"]["cases"][0]["case"]["scenario"]
    assert_one_message(say("explain", "nothing", "p99", record), 2, case)


def test_a_baseline_of_another_machine_cannot_gate(say, record):
    document = json.loads(record.read_text())
    document["environment"]["key"] = "elsewhere"
    Path("other.json").write_text(json.dumps(document))
    said = say("compare", record, "--baseline", "other.json", "--gate")
    assert_one_message(said, 2, "cannot gate", "without --gate")


def test_a_baseline_that_was_never_saved_is_said(say):
    assert_one_message(say("baseline", "show", "nowhere/x.json"), 2, "nowhere/x.json")


def test_shipped_files_are_what_the_edits_above_start_from():
    assert yaml.safe_load(SCENARIO.read_text())["scenario"] == "ingress-latency"
