"""Dials: which requests they match, and what they do together."""

from __future__ import annotations

import random

import pytest

from loadstone.apiserver import dials
from loadstone.apiserver.dials import NOTHING, Dials
from loadstone.apiserver.machinery.status import ApiError
from loadstone.formats import Dial


def test_a_dial_matches_verb_resource_and_the_beginning_of_the_agent() -> None:
    dial = Dial(verb="list", resource="pods", agent="kubectl/", latency=1.0)
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
    dialled = Dials([Dial(resource=name, latency=1.0)])
    assert dialled.effect("get", "ingresses/status", "networking.k8s.io", "a").latency == 1.0


def test_every_dial_that_matches_acts() -> None:
    dialled = Dials(
        [
            Dial(latency=0.1, drop_watch_after=9.0),
            Dial(verb="watch", latency=0.2, jitter=0.5, drop_watch_after=3.0),
            Dial(verb="watch", error_rate=1.0, error_status=429),
        ]
    )
    effect = dialled.effect("watch", "pods", "", "a")
    assert effect.latency == pytest.approx(0.3)
    assert effect.drop_after == 3.0
    assert effect.error(random.Random(1)) == 429
    assert 0.3 <= effect.delay(random.Random(1)) <= 0.8


def test_errors_come_at_their_rate() -> None:
    effect = Dials([Dial(error_rate=0.25)]).effect("get", "pods", "", "a")
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
