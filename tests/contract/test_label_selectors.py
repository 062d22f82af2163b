"""Label selectors: every operator, alone and together, against a plain reference."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.client import Api, Collection
from tests.contract.objects import config_map, namespace
from tests.contract.resources import CONFIG_MAPS, NAMESPACES
from tests.contract.selectors import Requirement, matches, written

KEYS = st.sampled_from(["a", "b", "example.com/c", "k-9.z"])
VALUES = st.sampled_from(["", "x", "y", "X", "x-1", "x_1.z", "0", "7", "10", "007"])
NUMBERS = st.sampled_from(["0", "5", "7", "9", "100"])
LABELS = st.dictionaries(KEYS, VALUES, max_size=4)


@st.composite
def requirements(draw: st.DrawFn) -> Requirement:
    operator = draw(st.sampled_from(["exists", "!", "=", "==", "!=", "in", "notin", ">", "<"]))
    match operator:
        case "exists" | "!":
            values: tuple[str, ...] = ()
        case "in" | "notin":
            several = st.lists(VALUES, min_size=1, max_size=3, unique=True)
            values = tuple(draw(several.filter(lambda drawn: drawn != [""])))
        case ">" | "<":
            values = (draw(NUMBERS),)
        case _:
            values = (draw(VALUES),)
    return Requirement(draw(KEYS), operator, values)


@pytest.fixture(scope="module")
def labelled(api: Api) -> Iterator[Collection]:
    name = f"contract-{secrets.token_hex(4)}"
    api.of(NAMESPACES).create(namespace(name)).ok()
    yield api.of(CONFIG_MAPS, name)
    api.of(NAMESPACES).delete(name)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    objects=st.lists(LABELS, min_size=1, max_size=4), selector=st.lists(requirements(), max_size=3)
)
def test_a_selector_selects_what_it_says(
    labelled: Collection, objects: list[dict[str, str]], selector: list[Requirement]
) -> None:
    example = secrets.token_hex(4)
    for number, labels in enumerate(objects):
        made = config_map(f"{example}-{number}", labels={**labels, "example": example})
        labelled.create(made).ok()
    asked = written([Requirement("example", "=", (example,)), *selector])
    expected = [
        f"{example}-{number}"
        for number, labels in enumerate(objects)
        if matches(selector, {**labels, "example": example})
    ]
    assert labelled.names(labelSelector=asked) == expected


@pytest.fixture(scope="module")
def known(api: Api) -> Iterator[Collection]:
    name = f"contract-{secrets.token_hex(4)}"
    api.of(NAMESPACES).create(namespace(name)).ok()
    found = api.of(CONFIG_MAPS, name)
    for number, tier in enumerate(["web", "db", ""]):
        found.create(config_map(f"m{number}", labels={"known": "yes", "tier": tier})).ok()
    found.create(config_map("m3", labels={"known": "yes"})).ok()
    yield found
    api.of(NAMESPACES).delete(name)


@pytest.mark.parametrize(
    ("selector", "numbers"),
    [
        ("tier=web", "0"),
        (" tier = web ", "0"),
        ("tier in ( web , db )", "01"),
        ("tier notin (web)", "123"),
        ("tier!=web", "123"),
        ("tier", "012"),
        ("! tier", "3"),
        ("tier=", "2"),
        ("tier in (,web)", "02"),
        ("tier,tier!=db", "02"),
        ("tier=web,tier=db", ""),
        ("known=yes,!tier", "3"),
        ("in=notin", ""),
    ],
)
def test_a_selector_may_be_written_in_these_ways(
    known: Collection, selector: str, numbers: str
) -> None:
    asked = f"known=yes,{selector}"
    assert known.names(labelSelector=asked) == [f"m{number}" for number in numbers]


def test_an_empty_selector_selects_everything(known: Collection) -> None:
    assert set(known.names(labelSelector="")) >= {"m0", "m1", "m2", "m3"}


@pytest.mark.parametrize(
    "selector",
    [
        "a=b=c",
        ",",
        "a,",
        "!",
        "a in b",
        "a in (b",
        "a b",
        "=b",
        "a>b",
        "a>",
        "-a=b",
        "a=!b",
        "a/b/c",
    ],
)
def test_a_selector_that_makes_no_sense_is_a_bad_request(known: Collection, selector: str) -> None:
    known.list(labelSelector=selector).failed(400, "BadRequest")


def test_a_watch_with_a_bad_selector_is_a_bad_request(known: Collection) -> None:
    known.list(watch="true", labelSelector="a in b").failed(400, "BadRequest")
