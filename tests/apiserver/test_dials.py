"""Dials: which requests they match, and what they do together."""

from __future__ import annotations

import json
import random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.apiserver import dials
from loadstone.apiserver.dials import NOTHING, Dials, Fault
from loadstone.apiserver.machinery.status import ApiError
from loadstone.formats import Dial


def test_a_dial_matches_verb_resource_and_the_beginning_of_the_agent() -> None:
    dial = Fault(verb="list", resource="pods", agent="kubectl/", latency=1.0)
    dialled = Dials([dial])
    assert dialled.effect("list", "pods", "", "kubectl/v1.37.1").latency == 1.0
    for verb, resource, agent in (
        ("get", "pods", "kubectl/v1"),
        ("list", "services", "kubectl/v1"),
        ("list", "pods", "traefik/3"),
    ):
        assert dialled.effect(verb, resource, "", agent).latency == 0.0


@pytest.mark.parametrize("name", ["ingresses", "ingresses/status", "ingresses.networking.k8s.io"])
def test_a_resource_may_be_named_with_its_group_or_subresource(name: str) -> None:
    dialled = Dials([Fault(resource=name, latency=1.0)])
    assert dialled.effect("get", "ingresses/status", "networking.k8s.io", "a").latency == 1.0


def test_every_dial_that_matches_acts() -> None:
    dialled = Dials(
        [
            Fault(latency=0.1, drop_watch_after=9.0),
            Fault(verb="watch", latency=0.2, jitter=0.5, drop_watch_after=3.0),
            Fault(verb="watch", error_rate=1.0, error_status=429),
        ]
    )
    effect = dialled.effect("watch", "pods", "", "a")
    assert effect.latency == pytest.approx(0.3)
    assert effect.drop_after == 3.0
    assert effect.error(random.Random(1)) == 429
    assert 0.3 <= effect.delay(random.Random(1)) <= 0.8


def test_errors_come_at_their_rate() -> None:
    effect = Dials([Fault(error_rate=0.25)]).effect("get", "pods", "", "a")
    rng = random.Random(1)
    failed = sum(bool(effect.error(rng)) for _ in range(10_000))
    assert 2_200 < failed < 2_800


def test_without_dials_nothing_happens() -> None:
    assert Dials().effect("get", "pods", "", "a") is NOTHING


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "dials"),
        (b'[{"latencyy": 1}]', "latencyy"),
        (b'[{"latency": -1}]', "latency"),
        (b'[{"error_rate": 0.1, "error_status": 418}]', "[0].error_status"),
    ],
)
def test_dials_that_make_no_sense_are_refused_by_name(body: bytes, said: str) -> None:
    with pytest.raises(ApiError) as refused:
        dials.parse(body)
    assert refused.value.code == 400
    assert said in refused.value.message


# --- what a scenario dials and what the server knows are two classes of one form ------------------

_NAMES = st.none() | st.text(max_size=5)
_SECONDS = st.floats(min_value=0.0, max_value=1e6)
_DIALS = st.builds(
    Dial,
    verb=_NAMES,
    resource=_NAMES,
    agent=_NAMES,
    latency=_SECONDS,
    jitter=_SECONDS,
    error_rate=st.floats(min_value=0.0, max_value=1.0),
    error_status=st.sampled_from([410, 429, 500, 503]),
    drop_watch_after=_SECONDS,
)


@given(st.lists(_DIALS, max_size=3))
def test_what_a_scenario_dials_is_what_the_server_does(sent: list[Dial]) -> None:
    read = dials.parse(msgspec.json.encode(sent))
    assert [msgspec.to_builtins(fault) for fault in read] == [
        {name: getattr(dial, name) for name in Dial.__struct_fields__} for dial in sent
    ]
    assert json.loads(msgspec.json.encode(read)) == json.loads(msgspec.json.encode(sent)) or (
        msgspec.convert(json.loads(msgspec.json.encode(read)), list[Dial]) == sent
    )


def test_scenario_and_server_agree_on_every_field_of_a_dial_and_its_limits() -> None:
    assert _form(Fault) == _form(Dial)


def _form(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The JSON schema of a class without its names, words and units."""
    schema = msgspec.json.schema(kind)["$defs"][kind.__name__]
    fields = {
        name: {key: value for key, value in field.items() if not key.startswith("x-")}
        for name, field in schema["properties"].items()
    }
    return {"fields": fields, "closed": schema.get("additionalProperties")}
