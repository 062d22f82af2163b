"""The generator straight at the upstream: what both can do without the component."""

from __future__ import annotations

import pytest

from loadstone.measure.load.headroom import headroom
from loadstone.measure.load.table import generator
from loadstone.measure.upstream import upstream


@pytest.mark.alone  # what the machine can do
def test_generator_and_upstream_are_measured_without_the_component(tmp_path):
    with upstream(servers=1, bodies=[600], workdir=tmp_path) as server:
        found = headroom(
            generator("openloop"), server, rate=100.0, connections=20, body=600, workdir=tmp_path
        )
    assert found.asked == 400.0
    assert 1.0 < found.share < 8.0  # about 4, where the machine does not stall
    assert 0 <= found.upstream_cpu <= 1
    assert 0 < found.generator_cpu <= 1
    assert found.upstream > found.share


def test_an_upstream_that_answers_wrongly_has_no_headroom(tmp_path):
    with upstream(servers=1, bodies=[600], workdir=tmp_path) as server:
        found = headroom(
            generator("openloop"), server, rate=100.0, connections=20, body=601, workdir=tmp_path
        )
    assert found.share == 0.0
