"""What generators promise of TLS, HTTP/2 and connections that come and go, on real servers."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from loadstone.errors import UsageError
from loadstone.formats.arrivals import Arrivals
from loadstone.measure.load.generator import Generator, LaneTls, LoadPlan, Target
from loadstone.measure.load.table import GENERATORS, generator
from tests.measure.load.scripted import answer, serve
from tests.measure.load.secure import SecureServer, certificate, serving
from tests.measure.load.test_generators import adds_up, latencies, plan, sent

UNKNOWN = [LaneTls()]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureServer]:
    with serving(tmp_path_factory.mktemp("secure")) as running:
        yield running


@pytest.fixture(
    params=[
        name if name == "openloop" else pytest.param(name, marks=pytest.mark.slow)
        for name in GENERATORS
    ]
)
def sender(request: pytest.FixtureRequest) -> Generator:
    return generator(request.param)


@pytest.fixture
def own() -> Generator:
    return generator("openloop")


def asked(port: int, spoken: str, **changes) -> LoadPlan:
    """A plan whose answers are right when the server was spoken to in that protocol."""
    target = Target(host="a.example", path="/", headers={"x-upstream": "s0"})
    body = len(f"a.example {spoken}")
    return replace(plan(port, [replace(target, body=body)]), **changes)


def test_load_over_tls_is_right(sender, server, tmp_path):
    result = sender.start(asked(server.old, "HTTP/1.1", tls=UNKNOWN), tmp_path).finish()[0]
    assert result.wrong == 0, result.examples
    assert result.answers == sent(result) > 0


def test_a_protocol_is_kept_to_where_the_target_offers_both(sender, server, tmp_path):
    one = asked(server.secure, "HTTP/1.1", tls=UNKNOWN)
    result = sender.start(one, tmp_path).finish()[0]
    assert (result.wrong, result.answers) == (0, sent(result)), result.examples
    two = asked(server.secure, "HTTP/2.0", tls=UNKNOWN, protocol="http2")
    result = sender.start(two, tmp_path).finish()[0]
    assert (result.wrong, result.answers) == (0, sent(result)), result.examples


def test_what_a_generator_does_not_do_it_refuses_by_name(server, tmp_path):
    k6 = generator("k6")
    refused: dict[str, dict[str, Any]] = {
        "HTTP/2 without TLS": {"protocol": "http2"},
        "certificates held": {"tls": [LaneTls(ca=str(server.ca))]},
        "come and go": {"reconnect_rate": 1.0},
    }
    for said, changes in refused.items():
        with pytest.raises(UsageError, match=rf"k6 does not send load with .*{said}"):
            k6.start(asked(server.clear, "HTTP/2.0", **changes), tmp_path)


def test_http2_needs_no_tls(own, server, tmp_path):
    result = own.start(asked(server.clear, "HTTP/2.0", protocol="http2"), tmp_path).finish()[0]
    assert (result.wrong, result.errors) == (0, {}), result.examples
    assert result.answers == result.requests > 0
    assert len(latencies(result.latency)) == result.answers


@pytest.mark.slow
def test_one_http2_connection_carries_many_requests_at_a_time(own, server, tmp_path):
    wanted = asked(server.clear, "HTTP/2.0", protocol="http2", connections=1, rate=2000.0)
    load = own.start(replace(wanted, warmup=0.2, window=1.0), tmp_path)
    result = load.finish()[0]
    assert (result.wrong, result.errors) == (0, {}), result.examples
    assert result.answers == result.requests > 1000
    assert result.connected == 0  # the one was there before the window


def test_a_target_that_does_not_offer_http2_is_an_error_that_says_so(own, server, tmp_path):
    wanted = asked(server.old, "", protocol="http2", tls=UNKNOWN)
    result = own.start(wanted, tmp_path).finish()[0]
    assert result.answers == 0
    assert sum(result.errors.values()) == result.requests > 0
    assert any("no application protocol" in each for each in result.examples), result.examples


def test_http2_to_a_server_of_http1_is_an_error_and_no_hang(own, tmp_path):
    with serve(lambda _: answer()) as scripted:
        result = own.start(asked(scripted.port, "", protocol="http2"), tmp_path).finish()[0]
    assert result.answers == 0
    assert sum(result.errors.values()) == result.requests > 0


def test_a_stream_that_the_target_drops_is_an_error_and_the_others_go_on(own, server, tmp_path):
    targets = [Target(host="a.example", path=path) for path in ("/", "/drop")]
    wanted = replace(plan(server.clear, targets), protocol="http2", window=0.5)
    result = own.start(wanted, tmp_path).finish()[0]
    assert adds_up(result)
    assert result.answers > 0
    assert sum(result.errors.values()) > 0
    assert result.answers == pytest.approx(result.requests / 2, abs=2)


def test_a_certificate_is_held_to_the_authority_that_is_named(own, server, tmp_path):
    known = asked(server.secure, "HTTP/1.1", tls=[LaneTls(ca=str(server.ca))])
    result = own.start(known, tmp_path).finish()[0]
    assert result.answers == result.requests > 0
    (tmp_path / "other").mkdir()
    certificate(tmp_path / "other")
    other = replace(known, tls=[LaneTls(ca=str(tmp_path / "other" / "cert.pem"))])
    result = own.start(other, tmp_path).finish()[0]
    assert result.answers == 0
    assert any("CERTIFICATE_VERIFY_FAILED" in each for each in result.examples)


def test_without_keep_alive_each_request_has_a_connection(sender, tmp_path):
    with serve(lambda _: answer()) as scripted:
        wanted = replace(plan(scripted.port, connections=50), keepalive=False)
        result = sender.start(wanted, tmp_path).finish()[0]
        assert result.answers == sent(result) > 0
        assert scripted.connected >= result.answers
    assert result.reconnects == 0


def test_connections_come_and_go_at_the_rate_that_was_asked_for(own, server, tmp_path):
    for protocol, port in (("http1", None), ("http2", server.clear)):
        with serve(lambda _: answer()) as scripted:
            wanted = asked(port or scripted.port, "HTTP/2.0", protocol=protocol)
            if port is None:
                wanted = replace(wanted, targets=plan(1).targets)
            wanted = replace(wanted, reconnect_rate=50.0, window=1.0)
            result = own.start(wanted, tmp_path).finish()[0]
        assert (result.wrong, result.errors) == (0, {}), result.examples
        assert result.answers == result.requests > 0
        assert result.reconnects == 0  # it was not the target that closed them
        assert 20 <= result.connected <= 70


def test_a_connection_is_not_opened_where_none_goes(own, server, tmp_path):
    result = own.start(asked(server.clear, "HTTP/2.0", protocol="http2"), tmp_path).finish()[0]
    assert result.connected == 0


@pytest.mark.parametrize("protocol", ["http1", "http2"])
def test_several_processes_send_one_schedule_and_lose_nothing(own, server, tmp_path, protocol):
    port, spoken = (server.clear, "HTTP/2.0")
    with serve(lambda _: answer()) as scripted:
        wanted = asked(port, spoken, protocol=protocol)
        if protocol == "http1":
            wanted = replace(wanted, lanes=[f"127.0.0.1:{scripted.port}"], targets=plan(1).targets)
        wanted = replace(wanted, processes=3, rate=300.0, window=1.0, warmup=0.2)
        load = own.start(wanted, tmp_path)
        assert len(set(load.pids)) == 3
        result = load.finish()[0]
    assert result.requests == pytest.approx(300, abs=2)  # as of one process
    assert result.asked_rate == 300.0
    assert (result.wrong, result.errors) == (0, {}), result.examples
    assert result.answers == len(latencies(result.latency)) == result.requests
    assert result.cores == 3
    assert sum(count for _, count in result.series["load.requests"]) == result.requests


def test_several_processes_are_asked_for_what_an_arrival_law_makes_due_to_all_of_them(
    own, server, tmp_path
):
    wanted = asked(server.clear, "HTTP/2.0", protocol="http2", processes=3, rate=300.0)
    result = own.start(replace(wanted, arrivals=Arrivals(law="poisson")), tmp_path).finish()[0]
    assert result.asked_rate == pytest.approx(result.requests / result.seconds, rel=0.1)


def test_load_of_several_processes_that_is_stopped_leaves_none(own, server, tmp_path):
    load = own.start(asked(server.clear, "", protocol="http2", processes=2), tmp_path)
    load.stop()
    load.stop()
    for pid in load.pids:
        assert subprocess.run(["ps", "-p", str(pid)], check=False, capture_output=True).returncode


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"protocol": "http3"}, "the protocol http3"),
        ({"protocol": "http2", "keepalive": False}, "keep-alive off"),
        ({"processes": 0}, "0 processes"),
        ({"reconnect_rate": -1.0}, "connections that go"),
        ({"tls": [LaneTls(), LaneTls()]}, "TLS on some lanes"),
    ],
)
def test_what_is_no_plan_is_an_error(changes, said):
    with pytest.raises(UsageError, match=said):
        replace(plan(1), **changes)


def test_more_processes_than_connections_are_an_error(own, tmp_path):
    with pytest.raises(UsageError, match="11 processes cannot share 10 connections"):
        own.start(replace(plan(1), processes=11), tmp_path)


@pytest.mark.alone  # how long each request waited
def test_a_stall_is_seen_by_every_stream_that_was_due_while_it_lasted(own, server, tmp_path):
    import os
    import signal

    wanted = asked(server.clear, "HTTP/2.0", protocol="http2", rate=500.0, window=2.0)
    load = own.start(replace(wanted, connections=200), tmp_path)
    load.open_window()
    time.sleep(0.7)
    os.kill(server.pid, signal.SIGSTOP)
    time.sleep(0.2)
    os.kill(server.pid, signal.SIGCONT)
    result = load.finish()[0]
    seen = latencies(result.latency)
    assert result.answers == result.requests
    assert max(seen) >= 0.19
    assert sum(value >= 0.1 for value in seen) >= 0.85 * 50
