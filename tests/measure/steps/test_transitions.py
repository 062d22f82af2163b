"""A copy that changes is waited for by the objects that change, and by no others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from loadstone import formats
from loadstone.cluster.memory import MemoryProvider
from loadstone.measure.api_client import HttpApiClient
from loadstone.measure.expectations.board import Board
from loadstone.measure.object_client import ObjectClient
from loadstone.measure.steps.delivery import ApiDelivery
from loadstone.measure.steps.templates import Copy, Renderer
from loadstone.measure.steps.transitions import transition

pytestmark = pytest.mark.slow

DEPLOYMENT = {"kind": "Deployment", "apiVersion": "apps/v1"}


def deployment(name: str, replicas: Any) -> dict[str, Any]:
    labels = {"app": name}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "a", "image": "a"}]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": pod}
    return {**DEPLOYMENT, "metadata": {"name": name, "namespace": "default"}, "spec": spec}


TEMPLATE = {
    "objects": [deployment("web${i}", "${version}"), deployment("side${i}", 1)],
    "right": {
        "web": {"fields": {"spec.replicas": "${version}"}},
        "side": {**DEPLOYMENT, "name": "side${i}", "fields": {"spec.replicas": 1}},
    },
}


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Any]:
    template = msgspec.convert(TEMPLATE, formats.Template)
    renderer = Renderer(templates={"pair": template}, backends=[], body=0)
    with (
        MemoryProvider().provision(workdir=tmp_path) as cluster,
        closing(HttpApiClient(cluster.access)) as api,
        closing(Board(ObjectClient(api))) as board,
    ):
        delivery = ApiDelivery(renderer, ObjectClient(api))
        yield SimpleNamespace(renderer=renderer, board=board, delivery=delivery, check=lambda: None)


def test_what_stays_as_it_is_has_not_to_be_of_another_generation(scene):
    copy = Copy(template="pair", i=0)
    scene.delivery.create([copy])
    effect = transition(scene, copy, copy.changed(), None, timeout=20.0, poll=0.01)
    assert effect.seconds > 0
    assert set(effect.stages) == {"web", "side"}
    assert scene.board.generation(scene.renderer.expected(copy)[0]) == 2
