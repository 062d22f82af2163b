"""Files that a user names: where scenarios and components are found."""

from pathlib import Path

import pytest

from loadstone.errors import UsageError
from loadstone.flows import files
from loadstone.formats.configuration import Config


def test_a_family_stands_for_all_its_scenarios(tmp_path):
    family = tmp_path / "ingress"
    family.mkdir()
    (family / "a.yaml").write_text("scenario: a\n")
    (family / "b.yaml").write_text("scenario: b\n")
    config = Config(scenarios=[str(tmp_path)])
    assert [Path(source.name).name for source in files.scenario_sources(["ingress"], config)] == [
        "a.yaml",
        "b.yaml",
    ]


def test_a_scenario_is_found_by_the_name_it_gives_itself(tmp_path):
    (tmp_path / "file.yaml").write_text("# first light\nscenario: dawn  # a comment\n")
    (source,) = files.scenario_sources(["dawn"], Config(scenarios=[str(tmp_path)]))
    assert source.text.startswith("# first light")


def test_a_misspelt_name_gets_the_nearest_one(tmp_path):
    (tmp_path / "file.yaml").write_text("component: traffic\n")
    with pytest.raises(UsageError) as caught:
        files.component_source("trafic", Config(components=[str(tmp_path)]))
    assert "did you mean `traffic`" in caught.value.next_step


def test_a_named_file_that_cannot_be_read_is_said(tmp_path):
    with pytest.raises(UsageError, match="cannot read") as caught:
        files.read(tmp_path / "absent.yaml")
    assert "name a file that is there" in caught.value.next_step
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="UTF-8"):
        files.read(binary)
