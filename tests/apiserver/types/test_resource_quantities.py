"""Quantities in their canonical form, by examples and against Kubernetes' own parser."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from loadstone.apiserver.types import resource_quantities
from tests.apiserver import kubernetes
from tests.apiserver.kubernetes import Kubernetes

SUFFIXES = ["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]
SUFFIXES += ["e3", "E3", "e-3", "e0", "e10", "e+2", "E-12", "K", "i", "mi", "e", "Mii", " Mi"]
NUMBERS = [0, 1, 2, 5, 8, 10, 64, 100, 1000, 1024, 2048, 1_000_000, 1_048_576]


@pytest.fixture(scope="module")
def real() -> Iterator[Kubernetes]:
    with kubernetes.running() as found:
        yield found


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("0.1", "100m"),
        ("1024Mi", "1Gi"),
        ("2048Mi", "2Gi"),
        ("1.5Gi", "1536Mi"),
        ("1000m", "1"),
        ("1000", "1k"),
        ("500Mi", "500Mi"),
        ("0.5Ki", "512"),
        ("1e3", "1e3"),
        ("-1500m", "-1500m"),
        ("0.0000000001", "1n"),
        ("0Gi", "0"),
        ("99999999999Ei", "9223372036854775807"),  # the most that is counted
    ],
)
def test_a_quantity_has_one_form(written: str, stored: str) -> None:
    assert resource_quantities.canonical(written) == stored


@pytest.mark.parametrize("text", ["", "abc", "1 Gi", "1gi", "1_0", "--1", "1.2.3", "½", "Mi1"])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="quantities must match"):
        resource_quantities.canonical(text)


def test_the_canonical_form_is_its_own() -> None:
    for text in made(2_000, seed=1):
        try:
            once = resource_quantities.canonical(text)
        except ValueError:
            continue
        assert resource_quantities.canonical(once) == once


def made(count: int, seed: int) -> Iterator[str]:
    rng = random.Random(seed)
    for _ in range(count):
        number = str(rng.choice([*NUMBERS, rng.randrange(10 ** rng.randrange(1, 24))]))
        if rng.random() < 0.35:
            ends = ["", "0", "5", "50", "500", "000", "25", "001"]
            number += "." + rng.choice([*ends, str(rng.randrange(10 ** rng.randrange(1, 12)))])
        zeros = "0" * rng.choice((0, 0, 0, 1, 2))
        yield rng.choice(("", "", "", "-", "+")) + zeros + number + rng.choice(SUFFIXES)


def test_every_quantity_is_written_as_kubernetes_writes_it(real: Kubernetes) -> None:
    texts = [*made(20_000, seed=2), ".", ".5", "5.", "-", ".m", "+", "00", "1.500", "1000E"]
    answers = real.ask_all(kubernetes.request("quantity", quantity=text) for text in texts)
    differ = [
        (text, mine, answer)
        for text, answer in zip(texts, answers, strict=True)
        if (mine := stored(text)) != answer.get("text")
    ]
    assert differ[:5] == []


def stored(text: str) -> str | None:
    try:
        return resource_quantities.canonical(text)
    except ValueError:
        return None
