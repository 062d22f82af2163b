"""Scenario files: what is read, and what is said of each thing that is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.errors import InvalidFile
from loadstone.formats import Load
from loadstone.plan.scenarios import parse_scenario
from tests.plan.sample import SCENARIO, edited

LOAD = '- {do: load, template: route, rate: "${rate}", body: "${body}"}'
CHANGE = "- {do: change, template: route, times: 20}"


def problems(text):
    with pytest.raises(InvalidFile) as caught:
        parse_scenario(text, "s.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_a_good_file_is_read_in_base_units():
    scenario = parse_scenario(SCENARIO, "s.yaml")
    assert scenario.axes["body"].values == [600, 22000]
    assert scenario.tiers["quick"].window == 4.0
    assert scenario.metrics["latency_p99"].margin == 0.1
    assert scenario.metrics["latency_p99"].minimum == 0.0005
    assert scenario.objectives[0].at_most == 0.03
    assert scenario.workload.measured == [Load(template="route", rate="${rate}", body="${body}")]


# what to change in the sample, and what has to be said, with line and column
WRONG = {
    "a misspelt key": (
        [("axes:\n  routes", "axis:\n  routes")],
        "s.yaml:4:1: unknown key `axis` (did you mean `axes`?)",
    ),
    "a key of nowhere": (
        [("role: ingress", "role: ingress\nfrobnicate: 1")],
        "s.yaml:4:1: unknown key `frobnicate` (known: design, presets)",
    ),
    "a key that is missing": (
        [("role: ingress\n", "")], "s.yaml:1:1: `role` is missing",
    ),
    "text for a number": (
        [("warmup: 1s\n    window: 4s", "warmup: soon\n    window: 4s")],
        "s.yaml:11:13: `soon` is no such amount (a number, or one with ns, us, µs, ms, s, min)",
    ),
    "an amount of another unit": (
        [("window: 4s", "window: 4kB")], "s.yaml:12:13: `4kB` is no such amount",
    ),
    "a negative amount": (
        [("window: 4s", "window: -4s")], "s.yaml:12:13: `-4` has to be at least 0",
    ),
    "a list for a mapping": (
        [("objectives:\n  - {metric: latency_p99, at_most: 30ms}", "objectives: latency_p99")],
        "s.yaml:50:13: this has to be a list, not `latency_p99`",
    ),
    "an unknown step": (
        [("{do: await,", "{do: wait,")],
        "s.yaml:27:12: `wait` is not one of create, await, change, churn, hold, load",
    ),
    "a step that does nothing": (
        [("{do: await, template", "{template")], "s.yaml:27:7: `do` is missing",
    ),
    "a wrong key in a step": (
        [("{do: await, template: route}", "{do: await, template: route, timout: 5s}")],
        "s.yaml:27:36: unknown key `timout` (did you mean `timeout`?)",
    ),
    "text for a count": (
        [('count: "${routes}"', "count: many")],
        "s.yaml:26:44: this has to be a number or an axis as `${axis}`, not `many`",
    ),
    "an unknown direction": (
        [("better: none", "better: more")],
        "s.yaml:48:13: `more` is not one of higher, lower, none",
    ),
    "a unit that is no base unit": (
        [("source: latency.p99\n    unit: s", "source: latency.p99\n    unit: ms")],
        "s.yaml:34:11: `ms` is not one of 1, 1/s, By, By/s, s (did you mean `s`?)",
    ),
    "a name that is none": (
        [("scenario: small", "scenario: Small One")], "s.yaml:1:11: `Small One` is not well formed",
    ),
    "an unknown template": (
        [("{do: await, template: route}", "{do: await, template: rote}")],
        "s.yaml:27:29: there is no template `rote` (did you mean `route`?)",
    ),
    "a placeholder that is no axis": (
        [('rate: "${rate}"', 'rate: "${rat}"')],
        "s.yaml:29:41: `${rat}` is no axis (did you mean `rate`?)",
    ),
    "an unknown placeholder in a template": (
        [("r${i}.test", "r${j}.test")],
        "s.yaml:24:21: `${j}` is no axis and no template name",
    ),
    "a template name outside of templates": (
        [('count: "${routes}"', 'count: "${version}"')],
        "s.yaml:26:44: `${version}` has a value in templates only",
    ),
    "an axis named as templates name things": (
        [("  rate: {values: [500], unit: 1/s}", "  rate: {values: [500]}\n  i: {values: [1]}")],
        "s.yaml:7:3: an axis cannot be called `i`",
    ),
    "a quantity that no run measures": (
        [("source: latency.p99", "source: latency.p9")],
        "s.yaml:33:13: no run measures `latency.p9` (did you mean `latency.p9",
    ),
    "a divisor that no run measures": (
        [("per: load.requests", "per: load.request")],
        "s.yaml:40:10: no run measures `load.request` (did you mean `load.requests`?)",
    ),
    "a unit of work that no run measures": (
        [("workload:\n", "workload:\n  work: load.request\n")],
        "s.yaml:18:9: no run measures `load.request` (did you mean `load.requests`?)",
    ),
    "a quantity that no step gives": (
        [("source: latency.p99", "source: propagation.p50")],
        "s.yaml:33:13: no measured step gives `propagation.p50` (add a step `do: change`)",
    ),
    "a quantity in the wrong unit": (
        [("source: latency.p99\n    unit: s", 'source: latency.p99\n    unit: "1"')],
        "s.yaml:34:11: `latency.p99` is measured in s, not in 1",
    ),
    "a minimum in another unit than its metric": (
        [("minimum: 500us", "minimum: 5MiB")],
        "s.yaml:37:14: this amount is in By, and the metric in s",
    ),
    "an objective on an unknown metric": (
        [("metric: latency_p99,", "metric: latency_p9,")],
        "s.yaml:51:14: there is no metric `latency_p9` (did you mean `latency_p99`?)",
    ),
    "an objective without a bound": (
        [(", at_most: 30ms", "")], "s.yaml:51:5: an objective has one of `at_most` and `at_least`",
    ),
    "an objective in another unit": (
        [("at_most: 30ms", "at_most: 5%")],
        "s.yaml:51:36: this amount is in 1, and the metric in s",
    ),
    "a tier's value that is not in the axis": (
        [("axes: {routes: [100]}", "axes: {routes: [200]}")],
        "s.yaml:10:21: `200` is not among the values of the axis `routes` (known: 100, 1000)",
    ),
    "a tier's axis that does not exist": (
        [("axes: {routes: [100]}", "axes: {route: [100]}")],
        "s.yaml:10:12: there is no axis `route` (did you mean `routes`?)",
    ),
    "no value of an axis": (
        [("axes: {routes: [100]}", "axes: {routes: []}")], "s.yaml:10:20: this list is empty",
    ),
    "a scale of text": (
        [("routes: {values: [100, 1000]}", "routes: {values: [few, many]}"),
         ("axes: {routes: [100]}", "axes: {routes: [few]}")],
        "s.yaml:14:13: the axis `routes` has values that are no numbers",
    ),
    "a scale that enlarges": (
        [("scale: {routes: 0.5}", "scale: {routes: 2}")],
        "s.yaml:14:21: `2` has to be at most 1",
    ),
    "cases of the same name": (
        [("scale: {routes: 0.5}", "scale: {routes: 0.0001}")],
        "s.yaml:13:3: 2 cases would be called `small/routes=1,rate=500,body=600`",
    ),
    "a matrix without end": (
        [("rate: {values: [500]", f"rate: {{values: {list(range(1, 400))}")],
        "s.yaml:13:3: this tier has more than 500 cases",
    ),
    "a body that the upstream does not serve": (
        [("[600B, 22kB]", "[600B, 23kB]")],
        "s.yaml:29:58: `body` is `23000` in small/routes=100,rate=500,body=23000: the upstream",
    ),
    "a rate of 0": (
        [("rate: {values: [500]", "rate: {values: [0]")],
        "s.yaml:29:41: `rate` is `0` in small/routes=100,rate=0,body=600: it has to be more than 0",
    ),
    "half a route": (
        [('count: "${routes}"', "count: 2.5")],
        "s.yaml:26:44: `count` is `2.5`: it has to be a whole number",
    ),
    "a part of a node": (
        [("workload:\n", "workload:\n  cluster: {nodes: 1.5}\n")],
        "s.yaml:18:20: `nodes` is `1.5`: it has to be a whole number",
    ),
    "fewer nodes than none": (
        [("workload:\n", "workload:\n  cluster: {nodes: -1}\n")],
        "s.yaml:18:20: `nodes` is `-1`: it has to be at least 0",
    ),
    "no server behind the component": (
        [("workload:\n", "workload:\n  upstream: {servers: 0}\n")],
        "s.yaml:18:23: `servers` is `0`: it has to be at least 1",
    ),
    "an axis of text where a number is due": (
        [("rate: {values: [500], unit: 1/s}", "rate: {values: [fast]}")],
        "s.yaml:29:41: `rate` is `fast` in small/routes=100,rate=fast,body=600: it has to be",
    ),
    "a value of another unit than its axis": (
        [("values: [500], unit: 1/s", "values: [5kB], unit: 1/s")],
        "s.yaml:6:19: `5kB` is no value in 1/s (a number, or one with /s)",
    ),
    "a window without end": (
        [("window: 4s", "window: 0s")],
        "s.yaml:12:13: the window is 0, and no measured step comes to an end by itself",
    ),
    "looks that fall": (
        [("window: 4s", "window: 4s\n    looks: [6, 4]")],
        "s.yaml:13:12: looks are numbers of rounds, rising, at least one",
    ),
    "a tier that reports an unknown metric": (
        [("window: 4s", "window: 4s\n    reported: [latency_p9]")],
        "s.yaml:13:16: there is no metric `latency_p9` (did you mean `latency_p99`?)",
    ),
    "a wait for what was never made": (
        [('    - {do: create, template: route, count: "${routes}"}\n', "")],
        "s.yaml:26:29: no earlier step creates copies of `route`",
    ),
    "a load without a check": (
        [('      check: {host: "r${i}.test", path: "/v${version}/body/${body}"}\n', "")],
        "s.yaml:28:28: the template `route` has no `check`, and this step needs one",
    ),
    "a change that cannot be seen": (
        [("/v${version}/body", "/body"), (LOAD, f"{LOAD}\n    {CHANGE}")],
        "s.yaml:30:30: nothing tells one version of `route` from the next",
    ),
    "copies of one name": (
        [('name: "r${i}"', "name: route")],
        "s.yaml:23:28: every copy would have the name `route` (put `${i}` into it)",
    ),
    "an object without a name": (
        [('{name: "r${i}"}', "{}")], "s.yaml:21:11: an object needs `metadata.name`",
    ),
    "an unknown kind of profile": (
        [("profiles: [cpu]", "profiles: [cpus]")],
        "s.yaml:30:14: `cpus` is not one of allocs, block, cpu",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_each_mistake_is_named_with_its_line_and_a_way_out(case):
    edits, said = WRONG[case]
    found = problems(edited(SCENARIO, *edits))
    assert any(problem.startswith(said) for problem in found), "\n".join(found)


@pytest.mark.parametrize(
    "case",
    [
        "a misspelt key", "a key that is missing", "an unknown step", "a wrong key in a step",
        "an unknown template", "a placeholder that is no axis", "text for a number",
        "a value of another unit than its axis",
        "a body that the upstream does not serve", "a rate of 0", "an objective in another unit",
        "text for a count", "a scale that enlarges",
    ],
)  # fmt: skip
def test_one_mistake_gives_one_problem(case):
    assert len(problems(edited(SCENARIO, *WRONG[case][0]))) == 1


@given(st.data())
def test_a_damaged_file_is_read_or_refused_with_words(data):
    start = data.draw(st.integers(0, len(SCENARIO)))
    end = data.draw(st.integers(start, min(len(SCENARIO), start + 40)))
    text = SCENARIO[:start] + data.draw(st.text("{}[]:,-$ab1 \n", max_size=5)) + SCENARIO[end:]
    try:
        parse_scenario(text, "s.yaml")
    except InvalidFile as error:
        assert all(str(problem).startswith("s.yaml") for problem in error.problems)  # noqa: PT017
