"""Settings: the configuration file as it is read."""

import pytest

from loadstone.errors import InvalidFile
from loadstone.flows import settings
from loadstone.formats.configuration import Config


def test_without_a_configuration_every_setting_has_its_default(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert settings.read_config() == Config()


def test_a_misspelt_setting_names_the_file_and_the_setting_that_was_meant(tmp_path):
    file = tmp_path / "loadstone.yaml"
    file.write_text("tool: {k6: /bin/k6}\n")
    with pytest.raises(InvalidFile, match="tool") as caught:
        settings.read_config(file)
    assert str(file) in str(caught.value)
    assert "did you mean `tools`?" in str(caught.value)
    assert "loadstone schema" in caught.value.next_step


def test_a_tier_that_the_scenarios_lack_is_said_with_its_line_beside_the_rest(tmp_path):
    file = tmp_path / "loadstone.yaml"
    file.write_text("scenario: ingress\ntier: qick\nalpha: 9\nevents: {tag: {tier: relase}}\n")
    with pytest.raises(InvalidFile) as caught:
        settings.read_config(file)
    lines = [str(problem).removeprefix(str(file)) for problem in caught.value.problems]
    assert [line.split(": ")[0] for line in lines] == [":2:7", ":3:8", ":4:22"]
    assert "did you mean `quick`?" in lines[0]
    assert "did you mean `release`?" in lines[2]


def test_the_tier_of_a_scenario_of_one_s_own_folder_is_known(tmp_path):
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "own.yaml").write_text("scenario: own\ntiers: {tiny: {warmup: 1s}}\n")
    file = tmp_path / "loadstone.yaml"
    file.write_text(f"scenario: own\nscenarios: [{folder}]\ntier: tiny\n")
    assert settings.read_config(file).tier == "tiny"


def test_the_configuration_may_lie_beside_the_workflows_and_not_in_both_places(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github" / "loadstone.yaml").write_text("tier: pr\n")
    assert settings.find_config() == ".github/loadstone.yaml"
    assert settings.read_config().tier == "pr"
    (tmp_path / "loadstone.yaml").write_text("tier: quick\n")
    with pytest.raises(InvalidFile, match=r"\.github/loadstone\.yaml and loadstone\.yaml"):
        settings.read_config()


def test_a_configuration_that_is_not_yaml_is_said(tmp_path):
    file = tmp_path / "loadstone.yaml"
    file.write_text("tools: {k6: [")
    with pytest.raises(InvalidFile, match=r"loadstone\.yaml"):
        settings.read_config(file)


@pytest.mark.parametrize(
    ("text", "known"), [("provider: memori", "memory"), ("generator: k7", "k6")]
)
def test_a_provider_or_generator_that_there_is_not_is_named_with_what_there_is(
    tmp_path, text, known
):
    file = tmp_path / "loadstone.yaml"
    file.write_text(text + "\n")
    with pytest.raises(InvalidFile, match=f"1:.*{known}"):
        settings.read_config(file)


def test_a_setting_that_is_absent_leaves_the_cache_of_the_user():
    assert settings.cache_directory(Config(cache="kept")).name == "kept"
    assert settings.cache_directory(Config()).name == "loadstone"
