"""What every place keeps: a component started afresh and gone afterwards, reached and looked at."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import urllib3

from loadstone import formats
from loadstone.component.in_pods.place import PodPlace
from loadstone.component.start import start
from loadstone.errors import ComponentFailed
from loadstone.protocols import RunningComponent
from tests.component.in_pods.described import described, played_cluster, revision
from tests.measure.fakes import world


@dataclass(frozen=True)
class Place:
    """A place, and how a component is started there."""

    begin: Callable[[formats.Component, Path], AbstractContextManager[RunningComponent]]


@pytest.fixture(params=["processes", "pods"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "processes":
        fake = world.FakeCluster()
        yield Place(lambda component, at: start(component, revision(), fake, workdir=at))
        return
    with played_cluster(tmp_path) as cluster:

        def begin(component: formats.Component, at: Path) -> Any:
            at.mkdir(exist_ok=True)
            deployed = PodPlace(component=component, forward=cluster.node.forward)
            return deployed.start(revision(), cluster.sides[0], workdir=at)

        yield Place(begin)


def answers(url: str) -> int:
    try:
        return urllib3.request("GET", url, retries=False, timeout=5.0).status
    except urllib3.exceptions.HTTPError:
        return 0


def test_it_is_reached_inside_and_gone_afterwards(place: Place, tmp_path: Path) -> None:
    with place.begin(described(), tmp_path / "a") as running:
        ready, traffic = running.fill("http://${admin}/ready"), running.fill("http://${http}/")
        assert answers(ready) == 200
        assert answers(traffic) == 404  # of a proxy without routes
        assert running.ended() is None
        assert list(running.reasons()) == []
        assert running.start_seconds > 0
        (process,) = running.processes
        assert process.fill("${http} ${http_port}") == running.fill("${http} ${http_port}")
        assert process.name == ""
    assert answers(ready) == answers(traffic) == 0


def test_each_start_is_afresh(place: Place, tmp_path: Path) -> None:
    component = described()
    for name in ("a", "b"):
        with place.begin(component, tmp_path / name) as running:
            page = urllib3.request("GET", running.fill("http://${admin}/metrics")).data
            assert b"fake_requests_total 0" in page
            answers(running.fill("http://${http}/"))


def test_one_that_ends_is_seen_with_its_status(place: Place, tmp_path: Path) -> None:
    with place.begin(described("--die-after", "1"), tmp_path / "a") as running:
        deadline = time.monotonic() + 15
        while (ended := running.ended()) is None and time.monotonic() < deadline:
            time.sleep(0.05)
        assert ended is not None
        assert ended.exited() is not None


def test_one_that_never_gets_ready_is_ended_and_said(place: Place, tmp_path: Path) -> None:
    component = described("--never-ready", timeout=3.0)
    with (
        pytest.raises(ComponentFailed, match=r"proxy was not ready (within 3 s|in time)"),
        place.begin(component, tmp_path / "a"),
    ):
        pass
