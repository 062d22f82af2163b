"""Completion offers names that would be taken, and stays silent where something is wrong."""

import pytest
from click.shell_completion import BashComplete

from loadstone.cli import cli
from loadstone.flows.judge import judged
from tests.report import samples


@pytest.fixture
def offered(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def complete(*words, incomplete=""):
        found = BashComplete(cli, {}, "loadstone", "_X").get_completions(list(words), incomplete)
        return [item.value for item in found]

    return complete


def test_scenarios_and_their_families_are_offered(offered):
    assert offered("run", "--scenario", incomplete="ingress-c") == [
        "ingress-churn",
        "ingress-config",
    ]
    assert "ingress" in offered("plan", "-s")


def test_scenarios_of_the_configuration_are_offered_too(offered, tmp_path):
    (tmp_path / "perf").mkdir()
    (tmp_path / "perf" / "mine.yaml").write_text("scenario: mine\n")
    (tmp_path / "loadstone.yaml").write_text("scenarios: [perf]\n")
    assert offered("run", "-s", incomplete="mi") == ["mine"]


@pytest.mark.parametrize("command", ["run", "plan", "redline", "audit", "series"])
def test_components_are_offered_wherever_one_is_asked_for(offered, command):
    assert offered(command, "--component", incomplete="tr") == ["traefik", "traefik-tls"]


def test_tiers_are_those_of_the_scenarios_that_were_named(offered):
    assert "full" in offered("run", "-s", "ingress-latency", "--tier")
    assert offered("run", "--tier") == ["quick", "pr", "release"]


def test_cases_are_those_of_the_scenario_and_the_tier(offered, tmp_path):
    found = offered("run", "-s", "ingress-latency", "--case")
    assert found
    assert all(name.startswith("ingress-latency/") for name in found)
    assert set(offered("run", "-s", "ingress-latency", "--tier", "pr", "--case")) != set(found)
    (tmp_path / "loadstone.yaml").write_text("scenario: ingress-latency\n")
    assert offered("plan", "--case") == found


def test_providers_and_generators_are_offered(offered):
    assert "memory" in offered("run", "--provider")
    assert "k6" in offered("run", "--generator")


def test_cases_and_metrics_of_what_was_saved_are_offered(offered, tmp_path):
    samples.keep(judged(samples.regression(), anew=True), tmp_path / "out")
    cases = offered("explain")
    assert "suite" in cases
    assert [name for name in cases if "body=22000" in name]
    assert "latency_p99" in offered("explain", "body=22000")
    assert "latency_p99" not in offered("explain", "body=22000", incomplete="rss")
    assert offered("more", "--case", incomplete="ingress-latency/")


@pytest.mark.parametrize("text", ["scenarios: [", "scenaro: x\n", "scenario: absent\n"])
def test_a_wrong_file_is_no_reason_to_speak(offered, tmp_path, text, capfd):
    (tmp_path / "loadstone.yaml").write_text(text)
    offered("run", "--case")
    offered("run", "-s")
    offered("explain")
    assert capfd.readouterr() == ("", "")
