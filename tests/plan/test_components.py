"""Component files: what is read, and what is said of each thing that is wrong."""

import pytest

from loadstone.errors import InvalidFile
from loadstone.formats import PackageSource
from loadstone.plan.components import parse_component
from tests.plan.sample import COMPONENT, edited


def problems(text):
    with pytest.raises(InvalidFile) as caught:
        parse_component(text, "c.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_a_good_file_is_read():
    component = parse_component(COMPONENT, "c.yaml")
    assert component.ports == ["http", "admin"]
    assert component.ready.timeout == 30.0
    assert component.revisions.package == PackageSource(name="small-bin", executable="small")


WRONG = {
    "no way to get a revision": (
        [("  package: {name: small-bin, executable: small}", "  {}")],
        "c.yaml:4:1: no way to get a revision (package, build or image)",
    ),
    "one image for all revisions": (
        [("  package: {name: small-bin, executable: small}", "  image: {reference: small}")],
        "c.yaml:5:22: every revision would be the same image",
    ),
    "a port twice": (
        [("[http, admin]", "[http, admin, http]")], "c.yaml:6:22: the port `http` is listed twice",
    ),
    "a port with a reserved name": (
        [("[http, admin]", "[http, admin, api]")], "c.yaml:6:22: `api` is no name for a port",
    ),
    "an unknown placeholder": (
        [("${api}", "${apis}")], "c.yaml:7:56: `${apis}` has no value (did you mean `api`?)",
    ),
    "a port that is not listed": (
        [("[http, admin]", "[http]")], "c.yaml:9:14: `${admin}` has no value",
    ),
    "an address that is no URL": (
        [("metrics: http://${admin}/metrics", "metrics: ${admin}/metrics")],
        "c.yaml:10:10: `${admin}/metrics` is no URL",
    ),
    "nothing to scrape": (
        [("metrics: http://${admin}/metrics\n", "")], "c.yaml:10:1: there is no page to scrape",
    ),
    "a series that is none": (
        [("reloads_total{result", "reloads total{result")],
        "c.yaml:11:19: `reloads total{result=\"ok\"}` is no series",
    ),
    "an alias that is no name": (
        [("{reloads:", "{Re-loads:")], "c.yaml:11:10: `Re-loads` is no name for an alias",
    ),
    "a template that is no Jinja2": (
        [("{{ http }}", "{% for %}")], "c.yaml:14:13: the template is no Jinja2:",
    ),
    "a template with an unknown name": (
        [("routes | length", "route | length")],
        "c.yaml:14:13: the template uses `route`, which has no value (did you mean `routes`?)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_each_mistake_is_named_with_its_line_and_a_way_out(case):
    edits, said = WRONG[case]
    found = problems(edited(COMPONENT, *edits))
    assert any(problem.startswith(said) for problem in found), "\n".join(found)


@pytest.mark.parametrize(
    "series", ["a", 'a{b="c"}', '{"my.metric",a="b"}', 'a{b="}"}', r'a{b="\""}', 'a{b="größe"}']
)
def test_a_series_may_be_anything_that_is_one_on_a_metrics_page(series):
    text = edited(COMPONENT, ("'reloads_total{result=\"ok\"}'", f"'{series}'"))
    assert parse_component(text, "c.yaml").scrape == {"reloads": series}
