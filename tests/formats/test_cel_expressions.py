"""CEL over an object: what is true holds, and everything else says why it does not."""

import pytest

from loadstone.formats import cel_expressions


def test_an_expression_holds_where_it_is_true():
    assert cel_expressions.missing("object.status.ready == object.spec.n", {
        "spec": {"n": 2}, "status": {"ready": 2},
    }) == ""  # fmt: skip
    assert cel_expressions.missing("object.items.all(x, x > 1)", {"items": [2, 3]}) == ""


def test_an_expression_that_is_false_or_no_truth_value_does_not_hold():
    assert "is false" in cel_expressions.missing("object.n > 1", {"n": 1})
    assert cel_expressions.missing("object.n", {"n": 1}) != ""


def test_an_expression_over_what_is_not_there_does_not_hold_and_does_not_raise():
    assert "has no value" in cel_expressions.missing("object.status.n == 1", {"spec": {}})
    assert cel_expressions.missing("has(object.status) && object.status.n == 1", {}) != ""


@pytest.mark.parametrize("text", ["object.", "((", "other.status == 1"])
def test_what_is_no_expression_over_the_object_is_refused(text):
    with pytest.raises(cel_expressions.NoExpression):
        cel_expressions.read(text)


THING = {"status": {"n": 1, "object": {"m": 2}}, "spec": {"n": 1}, "object": {"n": 1}, "all": [1]}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("object.status.n == object.spec.n", True),
        ("object.status.object.m == 2", True),
        ("object.object.n == 1", True),
        ("object . spec . n == 1", True),
        ("object['spec'].n == 1", True),
        ("'spec' in object", True),
        ("object.all(key, key != '')", True),
        ("object.exists(key, key == 'spec')", True),
        ("size(object) == 4", True),
        ("object.size() == 4", True),
        ("[object].all(x, x.spec.n == 1)", True),
        ("[{'a': 1}].all(object, object.a == 1)", True),
        ("object.spec.n == 1 && object == object", True),
        ("'an object.spec' != ''", True),
        ("has(object.spec) && !has(object.none)", True),
        ("object.all.all(x, x == 1)", True),
        ("has(object.none)", False),
    ],
)
def test_an_expression_sees_every_field_that_it_can_name(text, holds):
    assert (cel_expressions.missing(text, THING) == "") is holds, cel_expressions.missing(
        text, THING
    )
