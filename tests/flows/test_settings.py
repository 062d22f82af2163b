"""Settings: the configuration file, and where scenarios and components are found."""

from pathlib import Path

import pytest

from loadstone.errors import InvalidFile, UsageError
from loadstone.flows import settings


def test_without_a_configuration_every_setting_has_its_default(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert settings.read_config() == settings.Config()


def test_a_misspelt_setting_names_the_file_and_the_known_settings(tmp_path):
    file = tmp_path / "loadstone.yaml"
    file.write_text("tool: {k6: /bin/k6}\n")
    with pytest.raises(InvalidFile, match="tool") as caught:
        settings.read_config(file)
    assert str(file) in str(caught.value)
    assert "tools" in caught.value.next_step


def test_a_configuration_that_is_not_yaml_is_said(tmp_path):
    file = tmp_path / "loadstone.yaml"
    file.write_text("tools: {k6: [")
    with pytest.raises(InvalidFile, match=r"loadstone\.yaml"):
        settings.read_config(file)


def test_a_family_stands_for_all_its_scenarios(tmp_path):
    family = tmp_path / "ingress"
    family.mkdir()
    (family / "a.yaml").write_text("scenario: a\n")
    (family / "b.yaml").write_text("scenario: b\n")
    config = settings.Config(scenarios=[str(tmp_path)])
    assert [
        Path(source.name).name for source in settings.scenario_sources(["ingress"], config)
    ] == [
        "a.yaml",
        "b.yaml",
    ]


def test_a_scenario_is_found_by_the_name_it_gives_itself(tmp_path):
    (tmp_path / "file.yaml").write_text("# first light\nscenario: dawn  # a comment\n")
    (source,) = settings.scenario_sources(["dawn"], settings.Config(scenarios=[str(tmp_path)]))
    assert source.text.startswith("# first light")


def test_a_misspelt_name_gets_the_nearest_one(tmp_path):
    (tmp_path / "file.yaml").write_text("component: traffic\n")
    with pytest.raises(UsageError) as caught:
        settings.component_source("trafic", settings.Config(components=[str(tmp_path)]))
    assert "did you mean `traffic`" in caught.value.next_step


def test_a_named_file_that_cannot_be_read_is_said(tmp_path):
    with pytest.raises(UsageError, match="cannot read"):
        settings.read(tmp_path / "absent.yaml")
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="UTF-8"):
        settings.read(binary)
