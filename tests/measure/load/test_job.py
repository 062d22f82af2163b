"""Load from programs as pods run them: led by words, or by themselves, against a real server."""

from __future__ import annotations

import json
import random
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import msgspec
import psutil
import pytest
from hdrh.histogram import HdrHistogram
from hypothesis import given
from hypothesis import strategies as st

from loadstone.errors import MeasurementFailed
from loadstone.measure.load.builtin_generator import OpenLoop
from loadstone.measure.load.generator import LaneTls, LoadPlan, LoadResult, Target
from loadstone.measure.load.histogram import DIGITS, summary
from loadstone.measure.load.hold import HoldPlan
from loadstone.measure.load.pod_holder import dealt as shared_hold
from loadstone.measure.load.pod_link import LoadPod, PodLink
from loadstone.measure.load.pod_task import PodOutcome, PodTask, joined
from loadstone.measure.upstream import RunningUpstream, free_ports, upstream
from tests.measure.load.delaying import delaying
from tests.measure.load.job_pods import MODULE, in_programs, wait_for
from tests.measure.load.scripted import answer, serve

STALL = 0.2  # s


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningUpstream]:
    with upstream(servers=2, bodies=[600], workdir=tmp_path_factory.mktemp("nginx")) as running:
        yield running


def plan(*ports: int, rate: float = 200.0, window: float = 0.5, connections: int = 8) -> LoadPlan:
    return LoadPlan(
        lanes=[f"127.0.0.1:{port}" for port in ports],
        targets=[
            Target(host=f"{name}.example", path="/v1/body/600", headers={}) for name in "abcde"
        ],
        rate=rate,
        connections=connections,
        warmup=0.1,
        window=window,
        timeout=2.0,
    )


def counts(encoded: str) -> Counter[int]:
    """How often each value of a histogram was found."""
    histogram = HdrHistogram.decode(encoded)
    return Counter(
        {
            item.value_iterated_to: item.count_at_value_iterated_to
            for item in histogram.get_recorded_iterator()
        }
    )


def adds_up(result: LoadResult) -> bool:
    ended = result.answers + result.wrong + sum(result.errors.values()) + result.dropped
    return ended == result.requests


def test_two_pods_send_what_one_would_and_nothing_of_it_is_lost(server, tmp_path):
    port = server.ports[0]
    alone, _ = in_programs(1)
    both, programs = in_programs(2)
    (one,) = alone.start(plan(port), tmp_path / "one").finish()
    (two,) = both.start(plan(port), tmp_path / "two").finish()
    for result in (one, two):
        assert adds_up(result)
        assert result.wrong == 0, result.examples
        assert result.asked_rate == 200.0
        assert result.requests == pytest.approx(100, abs=1)  # 200 a second for half of one
    assert [part.requests for part in two.parts] == pytest.approx([50, 50], abs=1)
    for name in ("latency", "service", "lateness"):
        whole = counts(getattr(two, name))
        assert whole == sum((counts(getattr(part, name)) for part in two.parts), Counter())
        assert sum(whole.values()) == two.answers
    assert programs.ended == [0, 0]


POINTS = ("p50", "p90", "p99")
WAKING = 0.003  # s by which a server and a generator on a busy machine wake late


@pytest.mark.alone
def test_two_pods_find_the_percentiles_that_one_finds(tmp_path):
    """At half the rate each, within what a histogram resolves: the server knows how late it is.

    Each request is answered as late as its path says, and the same ones are due in both loads, so
    that nothing but their number differs.
    """
    drawn = random.Random(12)
    # 45 that are eight times due: no percentile lies at the edge between two of them
    late = [int(drawn.lognormvariate(6.0, 0.6)) + 100 for _ in range(45)]
    with delaying() as port:
        asked = LoadPlan(
            lanes=[f"127.0.0.1:{port}"],
            targets=[Target(host="a", path=f"/after/{each}") for each in late],
            rate=120.0,
            connections=400,
            warmup=0.0,
            window=3.0,
        )
        found = []
        for pods in (1, 2):
            generator, _ = in_programs(pods)
            (result,) = generator.start(asked, tmp_path / str(pods)).finish()
            assert result.answers == result.requests == pytest.approx(360, abs=1)
            found.append(summary(result.latency))
    one, two = found
    for point in POINTS:
        resolved = one[point] * 10**-DIGITS
        assert two[point] == pytest.approx(one[point], abs=resolved + WAKING), point


def test_each_pod_says_where_and_how_it_was(server, tmp_path):
    generator, _ = in_programs(2)
    (result,) = generator.start(plan(server.ports[0]), tmp_path).finish()
    senders = [part.sender for part in result.parts if part.sender is not None]
    assert [sender.pod for sender in senders] == ["load-0", "load-1"]
    for sender in senders:
        assert sender.node_cpu is not None
        assert 0 < sender.node_cpu <= 1
        assert 0 < sender.clock < 0.05
        assert "net.ipv4.ip_local_port_range" in sender.sysctls
    assert all(part.cpu > 0 for part in result.parts)
    assert result.cpu == pytest.approx(sum(part.cpu for part in result.parts))


def test_a_stall_of_the_target_is_seen_by_every_pod(tmp_path):
    """Latency counts from when a request was due, in whichever pod."""
    generator, _ = in_programs(2)
    with serve(lambda _: answer()) as target:
        running = generator.start(
            replace(
                plan(target.port, rate=400.0, window=0.6), targets=[Target(host="a", path="/")]
            ),
            tmp_path,
        )
        running.open_window()
        time.sleep(0.2)
        target.stall(STALL)
        (result,) = running.finish()
    for part in result.parts:
        worst = summary(part.latency)["max"]
        assert worst >= 0.75 * STALL
        late = sum(count for value, count in counts(part.latency).items() if value > 50_000)
        assert late >= 0.5 * 200 * (STALL - 0.05)  # of 200 a second, due while it lasted


def test_both_lanes_get_the_same_requests_at_the_same_moments(server, tmp_path):
    generator, _ = in_programs(2)
    results = generator.start(plan(*server.ports, connections=4), tmp_path).finish()
    assert len(results) == 2
    # a window may begin between the two of a pair, in each of the processes
    assert results[0].requests == pytest.approx(results[1].requests, abs=2)
    assert all(adds_up(result) and result.wrong == 0 for result in results)


def test_the_window_opens_when_it_was_announced_and_closes_when_it_is_told_to(server, tmp_path):
    generator, _ = in_programs(2)
    running = generator.start(plan(server.ports[0], window=0.0), tmp_path)
    time.sleep(0.2)
    told = time.monotonic()
    opened = running.announce()
    assert 0.05 <= opened - told < 2.0  # so that both have heard of it by then
    running.open_window()
    assert 0 <= time.monotonic() - opened < 0.1
    time.sleep(0.5)
    running.close_window()
    closed = time.monotonic()
    (result,) = running.finish()
    assert result.seconds == pytest.approx(closed - opened, abs=0.1)
    assert result.requests == pytest.approx(200 * result.seconds, abs=3)


def test_fewer_connections_than_pods_are_shared_by_fewer_pods(server, tmp_path):
    generator, programs = in_programs(3)
    (result,) = generator.start(plan(server.ports[0], connections=2), tmp_path).finish()
    assert len(result.parts) == 2
    assert programs.ended == [0, 0]


def test_pods_reach_a_target_by_its_address_inside(server, tmp_path):
    generator, _ = in_programs(1)
    generator._inside = {"elsewhere:1": f"127.0.0.1:{server.ports[0]}"}
    asked = replace(plan(server.ports[0]), lanes=["elsewhere:1"])
    (result,) = generator.start(asked, tmp_path).finish()
    assert result.answers == result.requests > 0


def test_a_pod_that_dies_is_named_and_the_others_end(server, tmp_path):
    generator, programs = in_programs(2)
    running = generator.start(plan(server.ports[0], window=5.0), tmp_path)
    running.open_window()
    programs.running[1].kill()
    with pytest.raises(MeasurementFailed, match="the load pod load-1 on n"):
        running.finish()
    running.stop()
    assert programs.ended == [0, -9]  # what the first has sent is done, and nobody's


def test_what_breaks_in_a_pod_is_told_in_its_words(tmp_path):
    generator, programs = in_programs(1)
    asked = replace(plan(1), tls=[LaneTls(ca=str(tmp_path / "bad.pem"))])
    (tmp_path / "bad.pem").write_text("no certificate")
    with pytest.raises(MeasurementFailed, match="openloop` ended early"):
        generator.start(asked, tmp_path)
    assert programs.ended == [1]


def test_one_that_is_let_go_ends_and_its_load_with_it(tmp_path):
    generator, programs = in_programs(1)
    with serve(lambda _: answer()) as target:
        running = generator.start(
            replace(plan(target.port, window=30.0), targets=[Target(host="a", path="/")]), tmp_path
        )
        running.open_window()
        target.wait_until(lambda: target.seen > 5)
        running.stop()
        assert programs.ended == [1]
        seen = target.seen
        time.sleep(0.3)
        assert target.seen == seen


def test_nobody_but_the_pod_itself_reaches_its_port(tmp_path):
    generator, programs = in_programs(1)
    with programs.start(1, 1, tmp_path, "load") as (pod,):
        port = int(pod.address.rpartition(":")[2])
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", port), timeout=1.0)
        PodLink(pod).close()
    assert generator.name == "openloop"


def test_a_pod_that_never_answers_is_given_up(monkeypatch):
    monkeypatch.setattr("loadstone.measure.load.pod_link._PATIENCE", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(MeasurementFailed, match="the load pod a on its node"):
            PodLink(LoadPod(name="a", node="", address=address))


def test_pods_that_nobody_leads_begin_at_the_same_second(server, tmp_path):
    task = PodTask(plan=plan(server.ports[0]))
    file = tmp_path / "task.json"
    file.write_bytes(msgspec.json.encode(task))
    start = time.time() + 4.0
    command = [sys.executable, "-I", "-m", MODULE, "--task", str(file), "--start", str(start)]
    begun = [
        subprocess.Popen([*command, "--index", str(index), "--of", "2"], stdout=subprocess.PIPE)
        for index in range(2)
    ]
    said = [each.communicate(timeout=60)[0] for each in begun]
    assert [each.returncode for each in begun] == [0, 0]
    outcomes = [msgspec.json.decode(line, type=PodOutcome) for line in said]
    assert all(line.count(b"\n") == 1 and json.loads(line) for line in said)
    (whole,) = joined(outcomes)
    assert adds_up(whole)
    assert whole.requests == pytest.approx(100, abs=1)
    assert whole.answers == whole.requests


def test_one_pod_is_the_generator_of_this_machine(server, tmp_path):
    """The same code sends: what differs is who says when."""
    generator, _ = in_programs(1)
    (here,) = OpenLoop().start(plan(server.ports[0]), tmp_path).finish()
    (there,) = generator.start(plan(server.ports[0]), tmp_path).finish()
    assert (here.asked_rate, here.cores) == (there.asked_rate, there.cores)
    assert here.requests == pytest.approx(there.requests, abs=1)
    assert generator.version() == OpenLoop().version()
    wait_for([tmp_path / "openloop-0.log"])


@given(pods=st.integers(1, 50), connections=st.integers(1, 500_000))
def test_held_connections_are_shared_out_whole(pods, connections):
    asked = HoldPlan(target="a:1", connections=connections, rate=1000.0)
    parts = shared_hold(asked, pods)
    assert sum(part.connections for part in parts) == connections
    assert min(part.connections for part in parts) >= 1
    assert sum(part.rate for part in parts) == pytest.approx(1000.0)
    assert len(parts) == min(pods, connections)


def test_pods_hold_connections_together(server, tmp_path):
    generator, programs = in_programs(2)
    asked = HoldPlan(target="inside:1", connections=301, rate=2000.0)
    generator._inside = {"inside:1": f"127.0.0.1:{server.ports[0]}"}
    running = generator.hold(asked, tmp_path)
    listening = psutil.Process(server.pid).net_connections("tcp4")
    open_ = [each for each in listening if each.status == psutil.CONN_ESTABLISHED]
    assert len(open_) >= 301
    found = running.finish()
    assert (found.asked, found.open, found.lost, found.refused) == (301, 301, 0, 0)
    assert found.cpu > 0
    assert programs.ended == [0, 0]


def test_connections_that_nobody_takes_are_counted_in_every_pod(tmp_path):
    generator, _ = in_programs(2)
    (port,) = free_ports(1)
    found = generator.hold(
        HoldPlan(target=f"127.0.0.1:{port}", connections=10, rate=100.0), tmp_path
    ).finish()
    assert (found.asked, found.open, found.refused) == (10, 0, 10)
    assert "refused" in found.example.lower() or "Connect call failed" in found.example
