"""Cases of sizes that are in no matrix."""

import pytest

from loadstone.errors import InvalidFile, UsageError
from loadstone.flows import files
from loadstone.formats.configuration import Config
from loadstone.plan import sizes
from loadstone.plan.scenarios import parse_scenario


def scenario(name="ingress-latency"):
    (source,) = files.scenario_sources([name], Config())
    return parse_scenario(source.text, source.name)


LATENCY = scenario()
CONFIG = scenario("ingress-config")
QUICK = LATENCY.tiers["quick"]


def test_the_rate_is_what_is_searched_unless_another_axis_is_asked():
    assert sizes.searched_axis(LATENCY, "") == "rate"
    assert sizes.searched_axis(LATENCY, "held") == "held"


def test_where_it_is_not_clear_what_to_search_the_axes_are_named():
    with pytest.raises(UsageError, match="several others") as caught:
        sizes.searched_axis(CONFIG, "")
    assert caught.value.next_step == "say which one to search: --axis ingresses or changes"


def test_a_misspelt_axis_gets_a_hint():
    with pytest.raises(UsageError) as caught:
        sizes.searched_axis(LATENCY, "rat")
    assert "rate" in caught.value.next_step


def test_the_search_begins_and_ends_about_what_the_tier_measures():
    assert sizes.ends(LATENCY, QUICK, "rate") == (125, 8000)
    assert sizes.ends(CONFIG, CONFIG.tiers["quick"], "ingresses") == (25, 1600)


def test_the_other_axes_are_those_of_the_tier_unless_they_are_given():
    assert sizes.fixed_axes(LATENCY, QUICK, []) == {"held": 100, "rate": 500, "body": 600}
    given = sizes.fixed_axes(LATENCY, QUICK, ["body=22kB", "held=7"])
    assert given == {"held": 7, "rate": 500, "body": 22000}


def test_everything_that_is_wrong_with_the_given_axes_is_said_at_once():
    with pytest.raises(InvalidFile) as caught:
        sizes.fixed_axes(LATENCY, QUICK, ["boddy=600", "held=many", "held"])
    said = [str(problem) for problem in caught.value.problems]
    assert said == [
        "--at boddy=600: there is no axis `boddy` (did you mean `body`?)",
        "--at held=many: `many` is no value here (a number)",
        "--at held: `` is no value here (a number)",
    ]


@pytest.mark.parametrize(
    ("text", "what"),
    [("0", "not above 0"), ("-5", "not above 0"), ("12.5", "whole"), ("x", "no v")],
)
def test_a_size_that_nothing_can_have_is_refused(text, what):
    with pytest.raises(InvalidFile, match=what):
        sizes.size(LATENCY, "rate", text, "--from")


def test_a_size_may_have_a_suffix():
    assert sizes.size(LATENCY, "rate", "2500/s", "--to") == 2500
    assert sizes.size(LATENCY, "body", "22kB", "--to") == 22000


def test_every_size_gets_a_case_that_is_bound_and_takes_no_profiles():
    axes = sizes.fixed_axes(LATENCY, QUICK, ["held=7"])
    first, second = sizes.sized(LATENCY, QUICK, axes, "rate", (333, 4444), chosen=["held"])
    assert first.case.name == "ingress-latency/held=7,rate=333,body=600"
    (load,) = second.workload["measured"]
    assert (load["rate"], load["body"]) == (4444, 600)
    assert second.workload["setup"][-1]["connections"] == 7
    assert second.workload["profiles"] == []
    assert second.scale == {}  # neither is a value of the matrix any more
    assert [objective.metric for objective in second.objectives] == ["latency_p99"]


def test_a_case_that_cannot_be_run_is_refused_with_the_flag():
    axes = sizes.fixed_axes(LATENCY, QUICK, [])
    with pytest.raises(InvalidFile, match=r"--axis body: `body` is `601`.*the upstream serves"):
        sizes.sized(LATENCY, QUICK, axes, "body", (601, 700))
