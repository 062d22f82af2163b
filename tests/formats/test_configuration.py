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
NAMES: configuration.Names = {
    "provider": ["memory"],
    "generator": ["openloop", "k6"],
    "tier": lambda scenarios: ["quick", "pr"] if "ingress" in scenarios else [],
}

WHOLE = """\
scenario: [ingress-latency, perf/own.yaml]
component: traefik
base: "3.10"
head: v2
provider: memory
kubeconfig: ~/.kube/config
context: kind-dev
place: pods
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
eks:
  {region: eu-west-1, cluster: perf, node-role: "arn:aws:iam::123456789012:role/nodes",
  subnets: [subnet-1], instance: m7i.large, node-price: 0.1, cap: 1}
scenarios: [perf/scenarios]
components: [perf/components]
baselines: perf/baselines
prometheus: http://127.0.0.1:9090
prometheus_access: {user: me, password: "env:PASSWORD"}
cache: ~/.cache/mine
events:
  pull_request: {tier: pr, budget: 10min, labels: [performance], drafts: true}
  push: {tier: quick, branches: [main, "release-*"]}
  tag: {tier: release, goal: certify, certain: true, tags: ["v*"], last: 5}
  schedule: {tier: release, audit: true, baseline: false}
  merge_group: {measure: false}
  comment: {scenario: ingress-churn, looks: [4, 6], alpha: 0.01, case: "*"}
paths: ["cmd/**"]
paths-ignore: ["**/*.md"]
comment: on-change
kind: {workers: 1, audit: false}
load: {pods: 2, image: "a.example/loadstone:1", nodes: {a: b}, spread: required}
minutes: {run: 30, pull_request: 120min, day: 600}
commands: {roles: [admin, perf-team], days: 30}
accepted:
  - {case: "ingress-*", metric: latency_p99, size: 8%, reason: "TLS 1.3 only", expires: 2027-01-31}
"""

SEVERAL = """\
component:
  - name: perf/proxy.yaml
    scenario: [ingress-latency, ingress-churn]
    paths: ["cmd/proxy/**"]
    budget: 5min
  - name: traefik
    tier: pr
scenario: ingress-config
tier: quick
"""


PROMETHEUS = "prometheus: https://a.example\n"


def problems(text):
    with pytest.raises(InvalidFile) as caught:
        configuration.parse(text, "loadstone.yaml", names=NAMES)
    return [str(problem) for problem in caught.value.problems]


def test_every_setting_can_be_said():
    config = configuration.parse(WHOLE, "loadstone.yaml")
    assert set(re.findall(r"^([\w-]+):", WHOLE, re.M)) == set(config.__struct_encode_fields__)
    assert config.flags() == {
        "scenarios": ["ingress-latency", "perf/own.yaml"],
        "component": "traefik",
        "base": "3.10",
        "head": "v2",
        "provider": "memory",
        "kubeconfig": "~/.kube/config",
        "context": "kind-dev",
        "place": "pods",
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


def test_minutes_are_minutes_in_every_section():
    config = configuration.parse(WHOLE, "loadstone.yaml")
    assert config.events.pull_request.budget == 10
    assert (config.minutes.pull_request, config.minutes.day) == (120, 600)
    assert config.accepted[0].size == 0.08


def test_of_several_components_the_one_that_is_asked_for_says_the_flags():
    config = configuration.parse(SEVERAL, "loadstone.yaml")
    assert [each.name for each in config.measured()] == ["perf/proxy.yaml", "traefik"]
    assert "component" not in config.flags()
    proxy = config.flags("perf/proxy.yaml")
    assert (proxy["scenarios"], proxy["budget"]) == (["ingress-latency", "ingress-churn"], 5)
    traefik = config.flags("traefik")
    assert (traefik["scenario"], traefik["tier"]) == ("ingress-config", "pr")
    assert config.flags("other")["tier"] == "quick"


def test_two_configurations_are_an_error_that_names_both():
    both = configuration.PLACES
    assert configuration.the_one(both[:1]) == both[0]
    assert configuration.the_one([both[1], "README.md"]) == both[1]
    assert configuration.the_one([]) == ""
    with pytest.raises(InvalidFile) as caught:
        configuration.the_one(both)
    assert all(place in str(caught.value) for place in both)


@pytest.mark.parametrize(
    ("component", "label"),
    [("traefik", "traefik"), ("perf/proxy.yaml", "proxy"), ("a/b.yml", "b"), ("v1.2", "v1.2")],
)
def test_a_component_has_a_short_name(component, label):
    assert configuration.label_of(component) == label


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
        ("tier: qick\nscenario: ingress\n", "1:7: there is no tier named `qick`"),
        ("scenario: ingress\nevents: {push: {tier: pt}}\n", "2:23: there is no tier named `pt`"),
        ("events: {pullrequest: {}}\n", "did you mean `pull_request`?"),
        ("events: {tag: {last: 0}}\n", "at least 1"),
        ("events: {push: {looks: [4, 3]}}\n", "the rounds have to rise"),
        ("events: {push: {budget: 5 parsecs}}\n", "minutes"),
        ("events: {push: {provider: memry}}\n", "did you mean `memory`?"),
        ("minutes: {run: 0}\n", "more than 0"),
        ("comment: sometimes\n", "is not one of always"),
        ("commands: {roles: []}\n", "empty"),
        ("accepted: [{case: a, metric: b, reason: c}]\n", "`expires` is missing"),
        ("accepted: [{case: a, metric: b, reason: c, expires: 2027-02-30}]\n", "is no day"),
        ("accepted: [{case: a, metric: b, reason: c, expires: soon}]\n", "not well formed"),
        ("component: [{name: a}, {name: b/a.yaml}]\n", "`a` is there twice"),
        ("component: [{scenario: a}]\n", "`name` is missing"),
        ("load: {pods: 2}\n", "1:14: pods that send load need an `image`"),
        ("load: {pods: -1, image: a}\n", "at least 0"),
        ("load: {memory: much}\n", "not well formed"),
        ("prometheus_access: {token: env:T}\n", "1:1: `prometheus_access` is of no `prometheus`"),
        (f"{PROMETHEUS}prometheus_access: {{token: hunter2}}\n", "says where a secret is"),
        (f"{PROMETHEUS}prometheus_access: {{token: 'env:'}}\n", "says where a secret is"),
        (f"{PROMETHEUS}prometheus_access: {{user: me}}\n", "go together"),
        (f"{PROMETHEUS}prometheus_access: {{cert: a.crt}}\n", "go together"),
        (
            f"{PROMETHEUS}prometheus_access: {{user: a, password: env:P, token: env:T}}\n",
            "one of these",
        ),
        (
            "prometheus: http://a.example\nprometheus_access: {token: env:T}\n",
            "2:1: `prometheus_access` would be shown on the way to http://a.example",
        ),
        ("prometheus: ${api}/a\nprometheus_access: {token: env:T}\n", "the API server wants"),
        (
            "prometheus: 'http://a.example\\@127.0.0.1/'\nprometheus_access: {token: env:T}\n",
            "a URL with a name or a password in it",
        ),
        (f"{PROMETHEUS}prometheus_access: {{tokn: env:T}}\n", "did you mean `token`?"),
    ],
)
def test_other_mistakes_have_their_words(wrong, word):
    told = problems(wrong)
    assert any(word in line for line in told), told
    assert all(line.startswith("loadstone.yaml:") for line in told)


@pytest.mark.parametrize("key", ["token", "password"])
@pytest.mark.parametrize("secret", ["hunter2", "73217321", "[hunter2]", "{hunter2: 1}"])
def test_a_secret_that_stands_in_the_file_is_not_told_again(key, secret):
    told = problems(f"{PROMETHEUS}prometheus_access: {{user: a, {key}: {secret}}}\n")
    assert any("says where a secret is" in line and "env:NAME" in line for line in told)
    assert not any(secret.strip("[]{}: 1") in line for line in told)


@pytest.mark.parametrize(
    "wrong",
    [
        f"{PROMETHEUS}prometheus_access: hunter2\n",
        f"{PROMETHEUS}prometheus_access:\n  token:hunter2\n",
        f"{PROMETHEUS}prometheus_access: {{hunter2}}\n",
        f"{PROMETHEUS}prometheus_access: {{user: 'me:hunter2', password: env:P}}\n",
        "prometheus: https://me:hunter2@a.example\n",
        "prometheus: http://me:hunter2@a.example\nprometheus_access: {token: env:T}\n",
    ],
)
def test_a_secret_that_stands_in_the_wrong_place_is_refused_and_not_told_again(wrong):
    told = problems(wrong)
    assert told
    assert not any("hunter2" in line for line in told), told


def test_the_shipped_configuration_is_right():
    file = ROOT / "examples/every-key/loadstone.yaml"
    config = configuration.parse(file.read_text(), file.name)
    assert config.prometheus_access.token == "env:PROMETHEUS_TOKEN"


def test_every_flag_of_a_request_can_be_set_in_the_file():
    machine = {"shard"}  # of this one, and the file is the same on all
    flags = {parameter.name for parameter in plan.params} - {"config_file", "as_json", *machine}
    assert flags <= set(configuration.parse(WHOLE, "x").flags())


def test_a_tier_is_not_questioned_where_the_scenario_is_not_known():
    assert configuration.parse("tier: mine\nscenario: own\n", "x", names=NAMES).tier == "mine"


def test_a_key_that_is_like_none_gets_the_nearest_and_not_all_of_them():
    (told,) = problems("zzz: 1\n")
    assert len(told) < 120


def test_the_schema_for_editors_is_current():
    kept = ROOT / "docs/schemas/loadstone.schema.json"
    assert kept.read_text(encoding="utf-8") == text("loadstone"), "loadstone schema docs/schemas"


def test_the_page_has_a_row_for_every_setting_in_the_words_of_the_schema():
    properties = configuration.schema()["$defs"]["Config"]["properties"]
    rows = re.findall(r"^\| `([\w-]+)` \| (?:.*) \| .* \| .* \| (.*) \|$", PAGE.read_text(), re.M)
    assert rows == [(name, about["description"]) for name, about in properties.items()]


def test_the_tables_of_the_sections_are_made_from_the_types():
    text = PAGE.read_text(encoding="utf-8")
    for path, rows in configuration.sections().items():
        assert table(rows) in text, f"{path}:\n{table(rows)}"


def test_the_examples_of_the_page_are_right():
    examples = re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text(), flags=re.M | re.S)
    assert len(examples) > 1
    data = json.loads(text("loadstone"))
    for example in examples:
        assert configuration.parse(example, "loadstone.yaml") != configuration.Config()
        jsonschema.Draft202012Validator(data).validate(read(example, "loadstone.yaml").data)


def table(rows):
    """A section's settings as the page has them."""
    lines = [f"| `{name}` | {built_in} | {means} |" for name, built_in, means in rows]
    return "\n".join(["| setting | built in | means |", "|---|---|---|", *lines])
