"""Settings: the configuration file as it is read."""

import pytest

from loadstone.errors import InvalidFile
from loadstone.flows import settings
from loadstone.formats.configuration import Config


def test_without_a_configuration_every_setting_has_its_default(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert settings.read_config() == Config()


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
