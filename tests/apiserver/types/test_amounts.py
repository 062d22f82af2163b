"""Quantities as numbers, and back in the form in which Kubernetes writes them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.apiserver.types.amounts import amount, shown


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1", "1"),
        (1, "1"),
        ("500m", "0.5"),
        ("1k", "1000"),
        ("1Ki", "1024"),
        ("1.5Gi", "1610612736"),
        ("100u", "0.0001"),
        ("1e3", "1000"),
        ("2E", "2000000000000000000"),
        ("none", "0"),
    ],
)
def test_a_quantity_is_read_with_its_suffix(written: object, number: str) -> None:
    assert amount(written) == Decimal(number)


@pytest.mark.parametrize(
    ("number", "like", "written"),
    [
        ("0", "1Gi", "0"),
        ("1536", "1Ki", "1536"),
        ("2048", "1Gi", "2Ki"),
        ("2048", "1G", "2048"),
        ("3000", "1", "3k"),
        ("0.25", "1", "250m"),
        ("0.00025", "1", "250u"),
        ("0.5", "1Gi", "500m"),
    ],
)
def test_a_number_is_written_like_the_quantity_beside_it(
    number: str, like: str, written: str
) -> None:
    assert shown(Decimal(number), like) == written


@given(st.integers(0, 10**18), st.sampled_from(["1", "1Gi"]))
def test_what_is_written_is_read_as_it_was(thousandths: int, like: str) -> None:
    number = Decimal(thousandths).scaleb(-3)
    assert amount(shown(number, like)) == number
