"""Addresses that are dialled until they answer, from our network and from a component's own."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue

import pytest
import urllib3

from loadstone.component.own_network import hindrance, own_network
from loadstone.formats import NetworkAnswers
from loadstone.measure.expectations.dialler import Dialler, dial
from loadstone.measure.expectations.expected import CopyExpectation, ObjectKind
from loadstone.measure.expectations.tracker import Tracker
from tests.measure.fakes.website import website

PATIENCE = 20.0


def expected(address: str, **more) -> CopyExpectation:
    return CopyExpectation(
        name="answers", kind=ObjectKind("v1", "Service"), namespace="default", dial=address, **more
    )


def said(address: str, **more) -> str:
    with urllib3.PoolManager(retries=False) as pool:
        return dial(pool, expected(address, **more))


class Told:
    """What a dialler tells, until an address answers."""

    def __init__(self) -> None:
        self.whys: Queue[str] = Queue()

    def __call__(self, tracker: Tracker, moment: float, why: str) -> None:
        tracker.dialled(moment, why)
        self.whys.put(why)

    def until(self, wanted: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while wanted != (why := self.whys.get(timeout=max(0.1, deadline - time.monotonic()))):
            assert time.monotonic() < deadline, why


def test_what_is_no_address_once_it_is_filled_does_not_answer():
    assert "no answer" in said("tcp://127.0.0.1:70000")


def test_an_answer_has_the_status_and_the_headers_that_are_asked_for():
    with website(lambda *_: (204, {"x-upstream": "a"}, b"")) as address:
        url = f"http://{address}/"
        assert said(url, status=204, headers={"X-Upstream": "a"}) == ""
        assert said(url, status=200) == "204 instead of 200"
        assert said(url, status=204, headers={"x-upstream": "b"}) == "x-upstream: a instead of b"
        assert said(url, status=204, headers={"x-other": "b"}) == "x-other: None instead of b"
        assert said(f"tcp://{address}") == ""


def test_each_dial_is_a_connection_of_its_own():
    """One that was kept open would go on to where the first was led."""
    served = []

    class Once(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # which keeps connections open

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            served.append(self.client_address)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

    with ThreadingHTTPServer(("127.0.0.1", 0), Once) as server, urllib3.PoolManager() as pool:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for _ in range(3):
            assert dial(pool, expected(f"http://127.0.0.1:{server.server_port}/")) == ""
        server.shutdown()
    assert len(set(served)) == 3


def test_what_is_to_be_dialled_from_the_component_waits_until_it_is_there():
    told = Told()
    with website(lambda *_: (200, {}, b"")) as address, closing(Dialler(told)) as dialler:
        dialler.add([Tracker(expected(f"http://{address}/", dialled_from="component"))])
        with pytest.raises(Empty):
            told.whys.get(timeout=0.2)
        dialler.enter("")
        told.until("")


@pytest.mark.skipif(hindrance() != "", reason=f"no network namespace: {hindrance()}")
def test_an_address_of_the_components_own_network_answers_from_in_there(tmp_path):
    told, answers = Told(), NetworkAnswers(network="10.0.0.0/8", ports=[8080])
    with (
        own_network({}, "", directory=tmp_path, answers=answers) as network,
        closing(Dialler(told)) as dialler,
    ):
        dialler.enter(str(network.file))
        address, headers = "http://10.96.0.100:8080/", {"x-upstream": "10.96.0.100:8080"}
        dialler.add([Tracker(expected(address, headers=headers, dialled_from="component"))])
        told.until("")


def test_a_network_that_has_gone_is_said():
    told = Told()
    with closing(Dialler(told)) as dialler:
        dialler.enter("/proc/0/ns/net")
        dialler.add([Tracker(expected("tcp://10.0.0.1:1", dialled_from="component"))])
        assert "there is no way into the component's network" in told.whys.get(timeout=PATIENCE)
