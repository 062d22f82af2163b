"""Asks of an event: what is measured against what, and what costs nothing and says why."""

import pytest

from loadstone.bot.asked import asked
from loadstone.bot.asked_by_command import otherwise
from loadstone.bot.minutes import ForetoldCost, SpentMinutes
from loadstone.errors import UsageError
from loadstone.model import Goal
from loadstone.model.bot import (
    SKIPS,
    BranchPush,
    DispatchEvent,
    MergeGroupEvent,
    ReleaseEvent,
    ScheduleEvent,
    TagPush,
)
from tests.bot.made import (
    BASE,
    HEAD,
    MERGE_BASE,
    NOW,
    ONE,
    SEVERAL,
    comment,
    config,
    facts,
    pull_event,
)

MAIN = BranchPush(branch="main", before=BASE, sha=HEAD, default=True)
TAG = TagPush(tag="v1.4.0", sha=HEAD)
TIP = "d" * 40


def ask(event, text=ONE, **known):
    (made,) = asked(event, config(text), facts(**known)).asks
    return made


def reasons(event, text=ONE, **known):
    found = asked(event, config(text), facts(**known))
    assert not found.asks
    for skip in found.skips:
        assert set(skip.reason.data) == set(SKIPS[skip.reason.code])
    return [(skip.label, skip.reason.code) for skip in found.skips]


def dispatch(command, **inputs):
    return DispatchEvent(inputs={"command": command, **inputs}, ref="refs/heads/main")


def test_a_pull_request_is_measured_against_its_merge_base():
    made = ask(pull_event())
    assert (made.base, made.head) == (MERGE_BASE, HEAD)
    assert (made.component, made.label) == ("perf/proxy.yaml", "proxy")
    assert (made.tier, made.goal, made.certain) == ("pr", Goal.DETECT, False)
    assert not made.baseline
    found = asked(pull_event(), config(), facts())
    assert (found.event, found.sha, found.number) == ("pull_request", HEAD, 17)


def test_without_a_merge_base_nothing_is_measured_against_something_else():
    assert reasons(pull_event(), merge_base="") == [("proxy", "no-merge-base")]


def test_the_event_goes_before_the_component_and_that_before_the_file():
    text = """\
component:
  - {name: a, tier: release, budget: 4min}
  - {name: b}
scenario: [ingress]
tier: quick
budget: 8
alpha: 1%
events: {pull_request: {budget: 2min, looks: [4, 6], provider: kind}}
"""
    first, second = asked(pull_event(), config(text), facts()).asks
    assert (first.tier, first.budget, first.looks, first.provider) == (
        *("release", 120, [4, 6], "kind"),
    )
    assert (second.tier, second.alpha) == ("quick", 0.01)
    pushed, other = asked(MAIN, config(text), facts()).asks
    assert (pushed.budget, other.budget) == (240, 480)


def test_drafts_are_not_measured_unless_that_is_asked_for():
    assert reasons(pull_event(draft=True)) == [("proxy", "draft")]
    assert ask(pull_event(draft=True), ONE + "events: {pull_request: {drafts: true}}\n")
    assert ask(pull_event("ready_for_review"))


def test_a_closed_pull_request_asks_for_nothing_and_nothing_is_said():
    found = asked(pull_event("closed", open=False), config(), facts())
    assert (found.asks, found.skips) == ((), ())


def test_labels_choose_which_are_measured():
    text = ONE + "events: {pull_request: {labels: [Performance]}}\n"
    assert reasons(pull_event(), text) == [("proxy", "label-missing")]
    assert ask(pull_event(labels=("performance",)), text)
    assert ask(pull_event("labeled", "performance", labels=("performance",)), text)
    other = asked(
        pull_event("labeled", "bug", labels=("performance", "bug")), config(text), facts()
    )
    assert (other.asks, other.skips) == ((), ())
    assert not asked(pull_event("labeled", "bug"), config(), facts()).asks


def test_documentation_alone_costs_nothing_and_says_so():
    assert reasons(pull_event(), changed=("README.md", "docs/a/b.png")) == [
        ("proxy", "documentation-only")
    ]
    assert ask(pull_event(), changed=("README.md", "main.go"))
    assert ask(pull_event(), changed=None)


def test_of_several_components_those_are_measured_whose_files_changed():
    found = asked(pull_event(), config(SEVERAL), facts(changed=("cmd/controller/x.go",)))
    assert [each.label for each in found.asks] == ["controller"]
    assert found.asks[0].scenarios == ("perf/own.yaml",)
    assert [(each.label, each.reason.code) for each in found.skips] == [
        ("proxy", "paths-untouched")
    ]
    both = asked(pull_event(), config(SEVERAL), facts(changed=("pkg/x.go",)))
    assert [each.label for each in both.asks] == ["proxy", "controller"]


def test_the_paths_of_the_file_hold_for_every_component():
    text = ONE + "paths: ['cmd/**']\n"
    assert reasons(pull_event(), text, changed=("tools/x.go",)) == [("proxy", "paths-untouched")]
    assert ask(pull_event(), text)


def test_two_equal_programs_are_not_measured():
    same = {"proxy": ("sha256:1", "sha256:1")}
    assert reasons(pull_event(), digests=same) == [("proxy", "same-program")]
    assert reasons(dispatch("/loadstone run", head=HEAD, number="17"), digests=same) == [
        ("proxy", "same-program")
    ]
    assert ask(pull_event(), digests={"proxy": ("sha256:1", "sha256:2")})
    assert ask(pull_event(), digests={"proxy": ("", "")})


def test_a_push_to_the_default_branch_stores_a_baseline():
    made = ask(MAIN)
    assert (made.base, made.head, made.baseline) == (BASE, HEAD, True)
    assert not ask(MAIN, ONE + "events: {push: {baseline: false}}\n").baseline
    other = BranchPush(branch="topic", before=BASE, sha=HEAD, default=False)
    assert not asked(other, config(), facts()).asks
    assert ask(other, ONE + "events: {push: {branches: ['top*']}}\n")
    new = BranchPush(branch="main", before="0" * 40, sha=HEAD, default=True)
    assert reasons(new) == [("proxy", "nothing-before")]
    gone = BranchPush(branch="main", before=BASE, sha="0" * 40, default=True, deleted=True)
    assert not asked(gone, config(), facts()).skips


def test_nothing_of_a_pull_request_or_a_merge_queue_is_ever_a_baseline():
    queue = MergeGroupEvent(head_sha=HEAD, head_ref="q", base_sha=BASE, base_ref="main")
    for event in (pull_event(), queue, dispatch("/loadstone run", number="17", head=HEAD)):
        assert not ask(event).baseline


def test_a_release_has_to_show_that_nothing_is_worse_than_the_one_before():
    made = ask(TAG, releases=("v1.4.0", "v1.3.1", "v1.3.0"))
    assert (made.base, made.head, made.tier) == ("v1.3.1", "v1.4.0", "release")
    assert (made.goal, made.certain, made.baseline) == (Goal.CERTIFY, True, True)
    assert made.against == ("v1.3.1",)
    last = ask(TAG, ONE + "events: {tag: {last: 2}}\n", releases=("v1.3.1", "v1.3.0", "v1.2.0"))
    assert last.against == ("v1.3.1", "v1.3.0")
    assert reasons(TAG) == [("proxy", "nothing-before")]
    whatever = ask(TAG, releases=("v1.3.1",), changed=("README.md",))
    assert whatever.head == "v1.4.0"


def test_tags_that_are_no_releases_are_passed_over():
    text = ONE + "events: {tag: {tags: ['v*']}}\n"
    found = asked(TagPush(tag="nightly", sha=HEAD), config(text), facts(releases=("v1",)))
    assert (found.asks, found.skips) == ((), ())
    release = ReleaseEvent(release=1, tag="v2", target="main", draft=False, prerelease=False)
    assert ask(release, text, releases=("v1",)).head == "v2"


def test_the_clock_measures_the_tip_against_what_was_measured_last():
    event = ScheduleEvent(cron="0 3 * * 1")
    made = ask(event, measured=BASE)
    assert (made.base, made.head, made.tier, made.baseline) == (BASE, TIP, "release", True)
    assert ask(event, releases=("v1.3.1",)).base == "v1.3.1"
    assert reasons(event, measured=TIP) == [("proxy", "same-commit")]
    assert reasons(event) == [("proxy", "nothing-before")]


def test_the_clock_may_audit_one_revision_against_itself():
    text = ONE + "events: {schedule: {audit: true}}\n"
    found = asked(ScheduleEvent(cron="0 3 * * 1"), config(text), facts(measured=TIP))
    (audit,) = found.asks
    assert (audit.base, audit.head, audit.audit, audit.baseline) == (TIP, TIP, True, False)
    assert [each.reason.code for each in found.skips] == ["same-commit"]


def test_a_merge_queue_is_measured_as_it_would_be_merged():
    queue = MergeGroupEvent(head_sha=HEAD, head_ref="q", base_sha=BASE, base_ref="main")
    assert (ask(queue).base, ask(queue).head) == (BASE, HEAD)
    off = ONE + "events: {merge_group: {measure: false}}\n"
    assert reasons(queue, off) == [("proxy", "event-off")]


def test_a_dispatched_command_says_what_differs_from_the_configuration():
    text = ONE + "events: {comment: {tier: quick, budget: 3}}\n"
    event = dispatch("/loadstone run ingress-churn rounds=12 provider=kind", number="17", head=HEAD)
    made = ask(event, text)
    assert (made.base, made.head) == (MERGE_BASE, HEAD)
    assert (made.scenarios, made.looks) == (("ingress-churn",), (12,))
    assert (made.provider, made.tier, made.budget) == ("kind", "quick", 180)


def test_a_command_may_name_its_revisions():
    made = ask(dispatch("/loadstone run base=v1.2.0 head=v1.3.0"))
    assert (made.base, made.head) == ("v1.2.0", "v1.3.0")
    pinned = dispatch(f"/loadstone run head={HEAD[:8]}", number="17", head=HEAD)
    assert ask(pinned).head == HEAD


def test_other_commands_measure_too():
    of = {"number": "17", "head": HEAD}
    assert ask(dispatch("", **of)).head == HEAD
    assert ask(dispatch("/loadstone rerun", **of)).more is None
    assert ask(dispatch("/loadstone bisect", **of)).bisect
    made = ask(dispatch("/loadstone baseline", **of))
    assert (made.base, made.head, made.baseline) == (TIP, TIP, True)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (dispatch("/loadstone help"), "nothing to measure"),
        (dispatch("rm -rf /"), "nothing to measure"),
        (dispatch("{}"), "nothing to measure"),
        (dispatch("/loadstone run tier=a b=c"), "there is no option"),
        (dispatch("/loadstone run base=v1"), "no head"),
        (dispatch("/loadstone run", number="x17"), "no number"),
        (dispatch("/loadstone run", head="abc"), "no full commit"),
        (dispatch("/loadstone run component=other head=v1 base=v0"), "no component"),
    ],
)
def test_a_dispatch_that_is_none_is_an_error_with_a_way_out(event, said):
    with pytest.raises(UsageError, match=said) as caught:
        asked(event, config(), facts())
    assert caught.value.next_step


@pytest.mark.parametrize(
    ("text", "said"),
    [("tier: pr\n", "names no component"), ("component: a\n", "names no scenario for")],
)
def test_a_configuration_that_measures_nothing_is_an_error(text, said):
    with pytest.raises(UsageError, match=said):
        asked(pull_event(), config(text), facts())


def test_a_comment_asks_for_nothing_by_itself():
    assert not asked(comment("/loadstone run"), config(), facts()).asks


def test_a_budget_is_cut_to_what_is_left():
    cost = {"proxy": ForetoldCost(least=5, most=40)}
    assert ask(pull_event(), costs=cost).budget == 40 * 60
    spent = SpentMinutes(pull_request=220, day=300)
    assert ask(pull_event(), costs=cost, spent=spent).budget == 20 * 60
    text = ONE + "minutes: {run: 10}\nbudget: 30\n"
    assert ask(pull_event(), text, costs=cost).budget == 10 * 60
    assert ask(pull_event(), text).budget == 10 * 60
    assert ask(pull_event(), ONE).budget is None


@pytest.mark.parametrize(
    ("least", "spent", "code"),
    [
        (61, SpentMinutes(), "minutes-per-run"),
        (20, SpentMinutes(pull_request=230), "minutes-per-pull-request"),
        (20, SpentMinutes(day=1190), "minutes-per-day"),
    ],
)
def test_what_cannot_be_afforded_is_refused_and_says_why(least, spent, code):
    cost = {"proxy": ForetoldCost(least=least, most=90)}
    assert reasons(pull_event(), costs=cost, spent=spent) == [("proxy", code)]


def test_components_share_the_caps():
    text = SEVERAL + "minutes: {run: 30}\n"
    cost = {name: ForetoldCost(least=20, most=25) for name in ("proxy", "controller")}
    found = asked(pull_event(), config(text), facts(changed=("pkg/a",), costs=cost))
    assert [each.label for each in found.asks] == ["proxy"]
    (skip,) = found.skips
    assert (skip.reason.code, skip.reason.data["cap"]) == ("minutes-per-run", 30)


def test_when_it_is_allowed_again_is_said():
    cost = {"proxy": ForetoldCost(least=20, most=90)}
    found = asked(pull_event(), config(), facts(costs=cost, spent=SpentMinutes(day=1190), now=NOW))
    assert found.skips[0].reason.data["again"] == "2026-11-21T00:00+00:00"


@pytest.mark.parametrize(
    ("command", "other"),
    [
        ("/loadstone run", False),
        ("/loadstone rerun component=proxy", False),
        (f"/loadstone run head={HEAD[:9]} component=proxy", False),
        ("/loadstone run head=v1.2", True),
        ("/loadstone run base=main", True),
        ("/loadstone run ingress-churn", True),
        ("/loadstone run rounds=2", True),
        ("/loadstone run tier=quick", True),
        ("/loadstone run provider=kind", True),
    ],
)
def test_what_a_command_asks_otherwise_than_the_configuration_is_known(command, other):
    assert otherwise(dispatch(command, head=HEAD, number="7")) is other
