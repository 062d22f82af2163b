"""Calls of the load against a server of gRPC's own implementation in Go."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from loadstone.measure.load.generator import LoadPlan, LoadResult, Target
from loadstone.measure.load.table import generator
from tests.measure.load.test_generators import adds_up, plan
from tests.real import binary
from tests.real.programs import ports, running, wait

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]  # the first builds what it needs

HEALTH = "/grpc.health.v1.Health"
SERVING = 2  # By: the one field of its answer
NOBODY = b"\x0a\x06nobody"  # service: "nobody"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    (free,) = ports(1)
    log = tmp_path_factory.mktemp("grpc") / "log"
    with running(binary("grpc"), [f"--listen=127.0.0.1:{free}"], log) as process:
        wait(lambda: listens(free), "the server of gRPC", process=process, log=log)
        yield free


def listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def called(place: Path, port: int, method: str, message: bytes = b"", **changes) -> LoadResult:
    target = Target(host="a.example", path=f"{HEALTH}/{method}", body=SERVING)
    asked: LoadPlan = replace(plan(port, [target]), protocol="grpc", message=message)
    return generator("openloop").start(replace(asked, **changes), place).finish()[0]


def test_calls_of_a_server_of_grpc_are_right(port, tmp_path):
    result = called(tmp_path, port, "Check", rate=2000.0, window=1.0)
    assert (result.wrong, result.errors) == (0, {}), result.examples
    assert result.answers == result.requests > 1900


def test_long_messages_get_through_as_fast_as_the_server_makes_room(port, tmp_path):
    # a field that the service does not know, which it passes over
    unknown = b"\x7a" + bytes([0x80 | (16_000 & 0x7F), 16_000 >> 7]) + bytes(16_000)
    result = called(tmp_path, port, "Check", unknown, connections=2, rate=500.0, window=1.0)
    assert (result.wrong, result.errors) == (0, {}), result.examples
    assert result.answers == result.requests > 450


@pytest.mark.parametrize(
    ("method", "message", "said"),
    [
        ("Check", NOBODY, "grpc-status 5 NOT_FOUND (unknown service)"),
        ("Nothing", b"", "grpc-status 12 UNIMPLEMENTED (unknown method Nothing"),
        ("Check", b"\xff", "grpc-status 13 INTERNAL (grpc: error unmarshalling request"),
    ],
)
def test_a_call_that_failed_is_wrong_by_its_status(port, tmp_path, method, message, said):
    result = called(tmp_path, port, method, message)
    assert adds_up(result)
    assert (result.wrong, result.errors) == (result.requests, {})
    assert all(f"{HEALTH}/{method}: {said}" in each for each in result.examples), result.examples
