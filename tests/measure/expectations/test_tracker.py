"""One expectation over the events of its kind."""

from dataclasses import replace

from loadstone.measure.expectations.expected import CopyExpectation, ObjectKind
from loadstone.measure.expectations.tracker import Tracker

POD = ObjectKind("v1", "Pod")
ONE = CopyExpectation(name="up", kind=POD, namespace="default", object="p")
SOME = CopyExpectation(name="up", kind=POD, namespace="default", labels={"app": "a"}, count=2)


def pod(name="p", app="a", space="default", **more):
    return {"metadata": {"name": name, "namespace": space, "labels": {"app": app}}, **more}


def tracked(expected, *events, floor=0):
    tracker = Tracker(expected, floor=floor)
    for moment, (thing, gone) in enumerate(events, start=1):
        tracker.told(float(moment), thing, gone=gone)
    return tracker


def test_it_holds_from_the_event_that_it_lacked():
    right = replace(ONE, word="jsonpath={.status.phase}=Running")
    tracker = tracked(right, (pod(), False), (pod(status={"phase": "Running"}), False))
    assert tracker.holds
    assert tracker.first == 2.0


def test_what_is_not_fulfilled_is_said():
    right = replace(ONE, word="jsonpath={.status.phase}=Running")
    assert tracked(right).why == "there is no Pod p"
    pending = tracked(right, (pod(status={"phase": "Pending"}), False))
    assert pending.why == "Pod p: status.phase is Pending, not Running"


def test_as_many_as_asked_for_have_to_fulfil_it_and_no_more():
    assert not tracked(SOME, (pod("a"), False)).holds
    assert tracked(SOME, (pod("a"), False), (pod("b"), False)).holds
    assert not tracked(SOME, *((pod(name), False) for name in "abc")).holds
    assert tracked(SOME, *((pod(name), False) for name in "abc"), (pod("a"), True)).holds
    assert "1 of 2 Pod app=a" in tracked(SOME, (pod("a"), False)).why


def test_objects_of_other_names_labels_and_namespaces_are_none_of_its():
    assert not tracked(ONE, (pod("q"), False), (pod(space="other"), False)).holds
    assert not tracked(SOME, (pod("a"), False), (pod("b", app="z"), False)).holds


def test_an_object_that_changes_its_labels_no_longer_counts():
    tracker = tracked(SOME, (pod("a"), False), (pod("b"), False), (pod("b", app="z"), False))
    assert not tracker.holds
    assert tracker.first == 2.0  # it did hold


def test_gone_holds_when_nothing_is_left():
    gone = replace(SOME, word="delete")
    assert tracked(gone).holds
    assert not tracked(gone, (pod("a"), False)).holds
    assert tracked(gone, (pod("a"), False), (pod("a"), True)).holds


def test_fields_are_compared_as_they_are_printed():
    right = replace(ONE, fields={"spec.n": 3, "{.spec.up}": True, "spec.text": "3"})
    assert tracked(right, (pod(spec={"n": 3, "up": True, "text": 3}), False)).holds
    assert "spec.n is 4, not 3" in tracked(right, (pod(spec={"n": 4}), False)).why


def ready(generation, observed=None):
    seen = {} if observed is None else {"observedGeneration": observed}
    thing = pod(status={"conditions": [{"type": "Ready", "status": "True", **seen}]})
    thing["metadata"]["generation"] = generation
    return thing


def test_after_a_change_only_a_status_of_the_changed_object_counts():
    right = replace(ONE, word="condition=Ready", own=True)
    stale = tracked(right, (ready(1, 1), False), (ready(2, 1), False), floor=2)
    assert not stale.holds
    assert tracked(right, (ready(2, 1), False), (ready(2, 2), False), floor=2).first == 2.0


def test_a_condition_that_does_not_say_what_it_observed_tells_no_change():
    right = replace(ONE, word="condition=Ready", own=True)
    assert "no observedGeneration" in tracked(right, (ready(2), False), floor=2).why
    assert tracked(right, (ready(2), False)).holds
