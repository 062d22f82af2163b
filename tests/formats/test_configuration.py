"""The configuration file: what it may say, what is said of a wrong one, and its documents."""

import json
import re
from pathlib import Path

import jsonschema
import pytest

from loadstone.cli.plan import command as plan
from loadstone.cli.schema import text
from loadstone.errors import InvalidFile
from loadstone.formats import configuration
from loadstone.formats.yaml_text import read

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/reference/configuration.md"
NAMES = {"provider": ["memory"], "generator": ["openloop", "k6"]}

WHOLE = """\
scenario: [ingress-latency, perf/own.yaml]
component: traefik
base: "3.10"
head: v2
provider: memory
tier: pr
case: "*body=600*"
seed: 7
alpha: 1%
goal: certify
looks: [4, 6, 8]
budget: 90s
certain: true
generator: k6
out: perf
tools: {k6: /opt/k6}
scenarios: [perf/scenarios]
components: [perf/components]
baselines: perf/baselines
cache: ~/.cache/mine
"""


def problems(text):
    with pytest.raises(InvalidFile) as caught:
        configuration.parse(text, "loadstone.yaml", names=NAMES)
    return [str(problem) for problem in caught.value.problems]


def test_every_setting_can_be_said():
    config = configuration.parse(WHOLE, "loadstone.yaml")
    assert set(re.findall(r"^(\w+):", WHOLE, re.M)) == set(config.__struct_fields__)
    assert config.flags() == {
        "scenarios": ["ingress-latency", "perf/own.yaml"],
        "component": "traefik",
        "base": "3.10",
        "head": "v2",
        "provider": "memory",
        "tier": "pr",
        "cases": "*body=600*",
        "seed": 7,
        "alpha": 0.01,
        "goal": "certify",
        "looks": "4,6,8",
        "budget": 1.5,
        "certain": True,
        "generator": "k6",
        "out": "perf",
        "saved": "perf",
    }


def test_the_editor_takes_what_loadstone_takes():
    schema = configuration.schema()
    validator = jsonschema.Draft202012Validator(schema)
    assert list(validator.iter_errors(read(WHOLE, "loadstone.yaml").data)) == []
    assert list(validator.iter_errors({"budget": "6 parsecs"}))
    assert list(validator.iter_errors({"scenaro": "ingress"}))


@pytest.mark.parametrize("empty", ["", "\n\n", "# nothing yet\n", "---\n# nothing\n"])
def test_a_file_that_says_nothing_leaves_everything_as_it_is(empty):
    assert configuration.parse(empty, "loadstone.yaml") == configuration.Config()


@pytest.mark.parametrize("number", ["6", "6min", "360 s", "360000ms"])
def test_a_budget_is_in_minutes_as_the_flag_is_or_has_a_unit(number):
    assert configuration.parse(f"budget: {number}\n", "x").flags() == {"budget": 6}


def test_all_that_is_wrong_is_said_at_once_each_with_its_line():
    told = problems(
        "scenaro: ingress\n"
        "base: 3.10\n"
        "alpha: 2\n"
        "provider: memry\n"
        "looks: [6, 4]\n"
        "budget: 6 parsecs\n"
        "goal: cerify\n"
        "certain: perhaps\n"
        "component:\n"
        "tools: {k6: 5}\n"
    )
    assert [line.split(": ")[0] for line in told] == [
        *(f"loadstone.yaml:{line}" for line in ("1:1", "2:7", "3:8", "4:11", "5:8", "6:9", "7:7")),
        *(f"loadstone.yaml:{line}" for line in ("8:10", "9:11", "10:13")),
    ]
    assert "did you mean `scenario`?" in told[0]
    assert "put it in quotes" in told[1]
    assert "did you mean `memory`?" in told[3]
    assert "the rounds have to rise" in told[4]
    assert "minutes" in told[5]


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ("- a\n- list\n", "a mapping"),
        ("base: a\nbase: b\n", "twice"),
        ("budget: -1min\n", "more than 0"),
        ("looks: [1, 4]\n", "at least 2"),
        ("looks: []\n", "empty"),
        ("generator: k7\n", "k6"),
        ("scenario: {a: b}\n", "text or a list"),
        ("baseline: x\n", "baselines"),
        ("tools: {k6: [\n", "no YAML"),
    ],
)
def test_other_mistakes_have_their_words(wrong, word):
    told = problems(wrong)
    assert any(word in line for line in told), told
    assert all(line.startswith("loadstone.yaml:") for line in told)


def test_every_flag_of_a_request_can_be_set_in_the_file():
    flags = {parameter.name for parameter in plan.params} - {"config_file", "as_json"}
    assert flags <= set(configuration.parse(WHOLE, "x").flags())


def test_the_schema_for_editors_is_current():
    kept = ROOT / "docs/schemas/loadstone.schema.json"
    assert kept.read_text(encoding="utf-8") == text("loadstone"), "loadstone schema docs/schemas"


def test_the_page_has_a_row_for_every_setting_in_the_words_of_the_schema():
    properties = configuration.schema()["$defs"]["Config"]["properties"]
    rows = re.findall(r"^\| `(\w+)` \| .* \| (.*) \|$", PAGE.read_text(), flags=re.M)
    assert rows == [(name, about["description"]) for name, about in properties.items()]


def test_the_example_of_the_page_is_right():
    (example,) = re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text(), flags=re.M | re.S)
    assert configuration.parse(example, "loadstone.yaml").flags()["scenarios"]
    data = json.loads(text("loadstone"))
    jsonschema.Draft202012Validator(data).validate(read(example, "loadstone.yaml").data)
