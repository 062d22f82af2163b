"""The words of `kubectl wait`, held to what kubectl says of the same objects."""

import pytest

from loadstone.formats import json_path, wait_words


def missing(word, **thing):
    return wait_words.missing(wait_words.parse(word), thing)


def status(*conditions, **more):
    return {"conditions": list(conditions), **more}


READY = {"type": "Ready", "status": "True"}


def test_a_condition_without_a_value_has_to_be_true():
    assert missing("condition=Ready", status=status(READY)) == ""
    assert "False, not True" in missing(
        "condition=Ready", status=status({"type": "Ready", "status": "False"})
    )
    assert "no condition Ready" in missing("condition=Ready", status={})
    assert "no condition Ready" in missing("condition=Ready")


def test_a_condition_may_have_any_value_in_any_case():
    down = status({"type": "Ready", "status": "False"})
    assert missing("condition=ready=false", status=down) == ""
    assert missing("condition=Ready=Unknown", status=down) != ""


@pytest.mark.parametrize("where", ["condition", "status"])
def test_a_status_of_an_older_generation_counts_for_nothing(where):
    old = {"observedGeneration": 1}
    condition = {**READY, **(old if where == "condition" else {})}
    whole = status(condition, **(old if where == "status" else {}))
    assert "of generation 1" in missing("condition=Ready", metadata={"generation": 2}, status=whole)
    assert missing("condition=Ready", metadata={"generation": 1}, status=whole) == ""


def test_a_json_path_may_be_compared_or_only_be_there():
    assert missing("jsonpath={.status.phase}=Running", status={"phase": "Running"}) == ""
    assert "is Pending" in missing("jsonpath={.status.phase}=Running", status={"phase": "Pending"})
    assert missing("jsonpath={.status.phase}", status={"phase": "x"}) == ""
    assert "no status.phase" in missing("jsonpath={.status.phase}", status={})
    assert missing("jsonpath=.status.n=3", status={"n": 3}) == ""
    assert missing("jsonpath={.status.up}=true", status={"up": True}) == ""


def test_paths_have_indexes_quoted_names_and_all_items():
    thing = {"a": [{"b.c": 1}, {"b.c": 2}]}
    assert list(json_path.find(thing, json_path.keys("{.a[1]['b.c']}"))) == [2]
    assert list(json_path.find(thing, json_path.keys(".a[*].b.c"))) == []
    assert list(json_path.find(thing, json_path.keys('a[*]["b.c"]'))) == [1, 2]
    assert list(json_path.find(thing, json_path.keys("a[-1]['b.c']"))) == [2]
    assert list(json_path.find(thing, json_path.keys("a[7]"))) == []


@pytest.mark.parametrize(
    "text",
    [
        "Ready",
        "condition",
        "condition=",
        "jsonpath=",
        "jsonpath={}",
        "jsonpath={.a}x",
        'jsonpath={.status.conditions[?(@.type=="Ready")].status}=True',
        "",
    ],
)
def test_what_kubectl_would_not_take_or_we_cannot_read_is_refused(text):
    with pytest.raises(wait_words.NoWord):
        wait_words.parse(text)


def test_create_and_delete_are_about_being_there():
    assert missing("create") == ""
    assert missing("delete") != ""
