"""CEL expressions of admission policies."""

from __future__ import annotations

from typing import Any

import pytest

from loadstone.apiserver.admission import expressions
from loadstone.apiserver.validation.policy_expressions import NAMES

OBJECT = {"object": {"spec": {"replicas": 3, "hosts": ["a.b", "c"]}, "metadata": {"name": "x"}}}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("object.spec.replicas > 1", True),
        ("has(object.spec.paused) && object.spec.paused", False),
        ("object.spec.hosts.all(h, h.startsWith('a'))", False),
        ("object.spec.hosts.exists(h, h.contains('.'))", True),
        ("object.metadata.name.find('[a-z]')", "x"),
        ("object.metadata.name.upperAscii()", "X"),
        ("'a,b'.split(',')[1]", "b"),
        ("object.spec.replicas == 3.0", True),
        ("object.spec.hosts.map(h, size(h)).sum()", 4),
    ],
)
def test_an_expression_has_the_value_that_cel_gives_it(text: str, value: Any) -> None:
    assert expressions.strange(text, NAMES) == []
    assert expressions.evaluate(text, OBJECT) == value


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("object.spec.absent == 1", "no such key: absent"),
        ("'wants ' + object.spec.replicas", "string + int"),
    ],
)
def test_an_expression_without_a_value_says_why(text: str, why: str) -> None:
    with pytest.raises(expressions.ExpressionError, match=why.replace("+", r"\+")):
        expressions.evaluate(text, OBJECT)


@pytest.mark.parametrize(
    ("text", "strange"),
    [
        ("nobody.spec == object.spec", ["nobody"]),
        ("quantity('1Gi') == object.spec", ["quantity"]),
        ("object.spec.hosts.all(h, h == g)", ["g"]),
        ("math.abs(object.spec.replicas) == 3", []),
    ],
)
def test_what_nothing_defines_is_named(text: str, strange: list[str]) -> None:
    assert expressions.strange(text, NAMES) == strange


@pytest.mark.parametrize("text", ["object.spec >", "object.?spec", "1 +* 2"])
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(expressions.ExpressionError, match="parse"):
        expressions.read(text)
