from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import urllib3

from loadstone.profiles.pprof import fold, parse
from loadstone.profiles.reading import problem
from tests.planted import flaws
from tests.planted.fakes import FakeApi, Upstream, api_server, served
from tests.planted.program import HERE, Program, started
from tests.profiles.compared import Costs, costs

pytestmark = pytest.mark.slow  # each starts the program


def route(api: FakeApi, number: int, version: int = 1, service: str = "s0") -> None:
    path = {
        "path": f"/v{version}",
        "backend": {"service": {"name": service, "port": {"number": 80}}},
    }
    rule = {"host": f"r{number}.example.test", "http": {"paths": [path]}}
    api.put("ingresses", f"r{number}", spec={"ingressClassName": "loadstone", "rules": [rule]})


def backend(api: FakeApi, address: str, name: str = "s0") -> None:
    host, _, port = address.rpartition(":")
    api.put("services", name, spec={"ports": [{"name": "http", "port": 80}]})
    labels = {"kubernetes.io/service-name": name}
    endpoints = [{"addresses": [host], "conditions": {"ready": True}}]
    ports = [{"name": "http", "port": int(port)}]
    api.put("endpointslices", name, metadata={"labels": labels}, ports=ports, endpoints=endpoints)


@pytest.fixture
def world() -> Iterator[tuple[FakeApi, str]]:
    """An API server with one route to a running upstream."""
    with served(Upstream) as upstream, api_server() as (api, url):
        backend(api, upstream)
        route(api, 0)
        yield api, url


def answered(
    program: Program, status: int, path: str = "/v1/x", host: str = "r0.example.test"
) -> float:
    """Seconds until a request is answered with this status."""
    begun = time.monotonic()
    while time.monotonic() - begun < 20:
        if program.ask(path, host=host).status == status:
            return time.monotonic() - begun
        time.sleep(0.005)
    raise AssertionError(f"{path} was not answered with {status}")


# --- the plain program ----------------------------------------------------------------------------


def test_requests_reach_the_upstream_and_its_answers_come_back(world):
    with started(world[1]) as program:
        answered(program, 200)
        answer = program.ask("/v1/x?a=b")
        assert (answer.status, answer.data) == (200, b"GET r0.example.test/v1/x?a=b")
        assert answer.headers["x-upstream"] == "s0"
        assert len(program.ask("/v1/body/22000").data) == 22000
        assert program.ask("/v1/post", body=b"hello").data == b"hello"
        assert program.ask("/v2").status == 404


def test_it_follows_what_changes(world):
    api, url = world
    with started(url) as program:
        answered(program, 200)
        route(api, 0, version=2)
        answered(program, 200, "/v2/x")
        assert program.ask("/v1/x").status == 404
        route(api, 1)
        answered(program, 200, host="r1.example.test")
        api.remove("ingresses", "r1")
        answered(program, 404, host="r1.example.test")
        api.remove("endpointslices", "s0")
        answered(program, 503, "/v2/x")
        assert program.metric("planted_reloads_total") == 4
        assert program.metric("planted_routes") == 1


def test_it_recovers_from_a_failing_server_and_from_watches_that_are_too_old(world):
    api, url = world
    api.broken, api.too_old = 3, True
    with started(url) as program:
        route(api, 5)
        answered(program, 200, host="r5.example.test")


def test_it_comes_under_its_own_name(world):
    api, url = world
    with started(url):
        assert {agent for _, agent in api.asked} == {"planted/1.0"}
        assert api.count("/namespaces/") == 0, "the plain one asks for no single object"


def test_an_upstream_that_closes_its_connections_is_no_error(world):
    with started(world[1]) as program:
        answered(program, 200)
        assert [program.ask("/v1/close").status for _ in range(10)] == [200] * 10


def test_an_upstream_that_is_gone_is_a_bad_gateway(world):
    api, url = world
    with served(Upstream) as gone:
        pass
    backend(api, gone, "gone")
    route(api, 7, service="gone")
    with started(url) as program:
        answered(program, 502, host="r7.example.test")
        assert program.ask("/v1/x").status == 200


def test_it_tells_of_itself(world):
    with started(world[1]) as program:
        program.ask("/v1/x")
        assert program.metric("process_resident_memory_bytes") > 1e6
        assert program.metric("process_cpu_seconds_total") > 0
        assert program.metric("planted_requests_total") == 1
        assert program.tell("/nothing").status == 404


def test_it_ends_at_once_when_asked_to(world):
    with started(world[1]) as program:
        answered(program, 200)
        program.process.terminate()
        assert program.process.wait(timeout=20) == 0


def profiled(program: Program) -> Costs:
    """What a second of answering cost, by function."""
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(program.tell, "/debug/pprof/profile?seconds=1")
        while not waiting.done():
            program.ask("/v1/x")
    return costs(fold(parse(waiting.result().data), "cpu"))


def busiest(found: Costs) -> str:
    return max(found.own, key=found.own.__getitem__, default="")


@pytest.mark.alone  # a busy machine gives a program few samples
def test_its_profiles_are_real(world):
    with started(world[1], "busy") as program:
        answered(program, 200)
        # A machine that is busy gives the program few samples in a second, or none.
        several = (profiled(program) for _ in range(10))
        found = next(one for one in several if busiest(one) == "flaws.burn")
    assert 0 < found.sum < 3
    assert found.total["proxying.Proxy.handle"] > 0


# --- the switches ---------------------------------------------------------------------------------


def test_extra_call_asks_once_more_for_every_reconcile(world):
    api, url = world
    with started(url, "extra-call") as program:
        for number in range(1, 10):
            route(api, number)
        program.wait_for("planted_reloads_total", 10)
        deadline = time.monotonic() + 20
        while api.count("/namespaces/default/ingresses/r") < 10 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert program.metric("planted_reloads_total") == 10
        assert api.count("/namespaces/default/ingresses/r") == 10


def cpu_of(program: Program, requests: int) -> float:
    """CPU seconds that so many requests cost the program."""
    before = program.metric("process_cpu_seconds_total")
    for _ in range(requests):
        assert program.ask("/v1/x").status == 200
    return program.metric("process_cpu_seconds_total") - before


@pytest.mark.alone  # CPU time, to a fifth
def test_busy_burns_half_a_millisecond_for_every_request(world):
    with started(world[1], "busy") as busy, started(world[1]) as plain:
        answered(busy, 200)
        answered(plain, 200)
        extra = cpu_of(busy, 600) - cpu_of(plain, 600)
        assert extra > 0.8 * 600 * flaws.BUSY


def test_leak_keeps_twenty_kilobytes_of_every_request(world):
    with started(world[1], "leak") as program:
        answered(program, 200)
        before = program.metric("process_resident_memory_bytes")
        for _ in range(500):
            program.ask("/v1/x")
        grown = program.metric("process_resident_memory_bytes") - before
        assert grown > 0.9 * 500 * flaws.KEPT
        found = costs(fold(parse(program.tell("/debug/pprof/heap").data), "inuse_space"))
        assert found.own["flaws.Planted.on_request"] >= 500 * flaws.KEPT


def test_plain_keeps_nothing_of_its_requests(world):
    with started(world[1]) as program:
        answered(program, 200)
        for _ in range(200):
            program.ask("/v1/x")
        before = program.metric("process_resident_memory_bytes")
        for _ in range(500):
            program.ask("/v1/x")
        assert program.metric("process_resident_memory_bytes") - before < 0.2 * 500 * flaws.KEPT


@pytest.mark.alone  # how long an answer takes
def test_stall_stops_everything_for_a_while_again_and_again(world):
    with started(world[1], "stall", ["--stall", "0.3"]) as program:
        answered(program, 200)
        longest, stalls = 0.0, 0.0
        begun = time.monotonic()
        while stalls < 3:
            sent = time.monotonic()
            program.ask("/v1/x")
            stalls = program.metric("planted_stalls_total")  # this too can be what has to wait
            longest = max(longest, time.monotonic() - sent)
            assert time.monotonic() - begun < 20
        assert longest > 0.5 * flaws.STALL


def test_crash_ends_after_so_many_requests(world):
    with started(world[1], "plain", ["--crash-after", "5"]) as program:
        assert [program.ask("/v1/x").status for _ in range(5)] == [200] * 5
        with pytest.raises(urllib3.exceptions.HTTPError):
            program.ask("/v1/x")
        assert program.process.wait(timeout=20) == flaws.CRASH_STATUS


def test_wrong_answers_are_one_in_so_many(world):
    with started(world[1], "wrong-answers", ["--wrong-answers", "4"]) as program:
        statuses = [program.ask("/v1/x").status for _ in range(12)]
        assert statuses == [200, 200, 200, 502] * 3


def test_never_ready_never_is(world):
    with started(world[1], "never-ready", ready=False) as program:
        answered(program, 200)
        assert program.tell("/ping").status == 503


def test_html_profile_is_a_page_that_says_all_is_well(world):
    with started(world[1], "html-profile") as program:
        answer = program.tell("/debug/pprof/heap")
        assert answer.status == 200
        assert "HTML" in (problem(answer.data) or "")
    with started(world[1]) as program:
        assert problem(program.tell("/debug/pprof/heap").data) is None


LAUNCHERS = {
    "plain": "plain",
    "extra-call": "extra-call",
    "busy": "busy",
    "leak": "leak",
    "stall": "stall",
    "stall-often": "stall",
    "crash": "crash-after",
    "wrong-answers": "wrong-answers",
    "never-ready": "never-ready",
    "html-profile": "html-profile",
    "quadratic": "quadratic",
}


@pytest.mark.parametrize(("launcher", "flaw"), LAUNCHERS.items())
def test_every_launcher_switches_on_what_its_name_says(launcher, flaw):
    said = subprocess.run(
        [HERE / launcher, "--version"], capture_output=True, text=True, check=True
    )
    assert said.stdout == f"planted 1.0 ({flaw})\n"


def test_every_flaw_has_a_launcher():
    switches = {each.replace("_", "-") for each in flaws.Flaws.__dataclass_fields__}
    assert switches | {"plain"} == set(LAUNCHERS.values())
