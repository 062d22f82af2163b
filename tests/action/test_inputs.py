"""Inputs and outputs: one table, with which action.yml, configuration and documents agree."""

import re
from pathlib import Path

import pytest
import yaml

from loadstone.action.inputs import INPUTS, OUTPUTS, TASKS, read
from loadstone.errors import InvalidFile
from loadstone.formats.configuration import Config

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
PAGE = (ROOT / "docs" / "reference" / "action.md").read_text()


def test_action_yml_has_the_inputs_of_the_table():
    said = {
        name: (each["description"], each.get("default", ""), each.get("required", False))
        for name, each in ACTION["inputs"].items()
    }
    assert said == {each.name: (each.about, each.default, each.required) for each in INPUTS}


def test_action_yml_has_the_outputs_of_the_table():
    said = {name: each["description"] for name, each in ACTION["outputs"].items()}
    assert said == {each.name: each.about for each in OUTPUTS}


def test_names_survive_every_shell():
    assert all(re.fullmatch(r"[a-z_]+", each.name) for each in (*INPUTS, *OUTPUTS))


def test_an_input_that_stands_for_a_setting_is_named_as_it_is():
    named = [each for each in INPUTS if each.setting]
    assert named
    assert [each.setting for each in named if each.setting not in Config.__struct_fields__] == []


def test_the_page_has_every_input_output_and_task_in_the_words_of_the_table():
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \|", PAGE, flags=re.MULTILINE)
    wanted = [(each.name, each.about) for each in (*INPUTS, *OUTPUTS)]
    assert [pair for pair in [*wanted, *TASKS.items()] if pair not in rows] == []


def test_the_container_is_torn_down_by_a_file_of_the_action():
    runs = ACTION["runs"]
    assert runs["using"] == "docker"
    assert (ROOT / runs["post-entrypoint"]).stat().st_mode & 0o111


def test_what_a_step_said_is_read():
    inputs = read({"INPUT_TASK": " measure ", "INPUT_SHARD": "2/4", "INPUT_RUN_ID": "7"})
    assert (inputs.task, inputs.shard, inputs.run_id) == ("measure", (2, 4), 7)
    assert read({"INPUT_TASK": "plan"}).shard is None


def test_all_that_is_wrong_is_said_at_once():
    said = {
        "INPUT_TASK": "mesure",
        "INPUT_SHARD": "5/4",
        "INPUT_RUN_ID": "-1",
        "INPUT_TIER": "a\nb",
    }
    with pytest.raises(InvalidFile) as caught:
        read(said)
    where = {problem.where for problem in caught.value.problems}
    assert where == {"with.task", "with.shard", "with.run_id", "with.tier"}


def test_a_token_is_in_no_traceback():
    assert "ghs_" not in repr(read({"INPUT_TASK": "plan", "INPUT_TOKEN": "ghs_secret"}))
