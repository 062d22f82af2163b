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
