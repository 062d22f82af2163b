"""The contract that every probe keeps, and what each of them sees."""

import contextlib
import gzip
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from loadstone.measure.probes.probe import ProbeReading, Subject
from loadstone.measure.probes.process import ProcessProbe, peak_of
from loadstone.measure.probes.profile import ProfileProbe
from loadstone.measure.probes.scrape import ScrapeProbe
from loadstone.measure.probes.table import PROBES, ProbeWindow
from loadstone.measure.quantities import of_readings, of_scrape
from loadstone.model import Accounting
from loadstone.profiles.pprof import parse
from tests.measure.fakes.go_program import go_program
from tests.measure.fakes.website import website

ALLOCATING = "main.main.func1"  # of the program of Go that a test asks
BUSY = "import time\nwhile True: pass"
IDLE = "import time; time.sleep(600)"
CHILDREN = (
    "import subprocess, sys, time\n"
    f"children = [subprocess.Popen([sys.executable, '-c', {IDLE!r}]) for _ in range(2)]\n"
    "time.sleep(600)"
)


@pytest.fixture
def child():
    started = []

    def start(code):
        process = subprocess.Popen([sys.executable, "-c", code])
        started.append(process)
        return process.pid

    yield start
    for process in started:
        with contextlib.suppress(psutil.NoSuchProcess):
            for each in psutil.Process(process.pid).children(recursive=True):
                each.kill()
        process.kill()
        process.wait()


@pytest.mark.parametrize("make", PROBES.values(), ids=PROBES)
def test_a_probe_says_what_it_cost_and_copes_with_a_component_that_offers_nothing(make, child):
    probe = make()
    probe.open(Subject(pid=child(IDLE)))
    sample = probe.close()
    assert PROBES[probe.name] is make
    assert sample.cost >= 0.0
    assert sample.data is not None


@pytest.mark.parametrize("make", PROBES.values(), ids=PROBES)
def test_a_probe_copes_with_a_component_that_ends(make, child):
    pid = child("import time; time.sleep(0.2)")
    probe = make()
    probe.open(Subject(pid=pid, metrics="http://127.0.0.1:9/", scrape={"a": "b"}))
    psutil.Process(pid).wait(timeout=20)
    probe.close()


@pytest.mark.parametrize("make", PROBES.values(), ids=PROBES)
def test_a_probe_can_be_stopped_at_once(make, child):
    probe = make()
    probe.open(Subject(pid=child(IDLE)))
    probe.stop()
    probe.stop()


def test_cpu_time_of_the_window_is_seen_to_the_millisecond(child):
    pid = child(BUSY)
    process = psutil.Process(pid)
    while process.cpu_times().user < 0.05:
        time.sleep(0.01)
    probe = ProcessProbe()
    before = sum(process.cpu_times()[:2])
    probe.open(Subject(pid=pid))
    time.sleep(0.5)
    data = probe.close().data
    after = sum(process.cpu_times()[:2])
    used = data.cpu[1] - data.cpu[0]
    assert 0 < used <= after - before + 0.021  # psutil counts in ticks of 10 ms, at both ends


def test_an_idle_process_uses_no_cpu_time(child):
    pid = child(IDLE)
    time.sleep(0.3)
    probe = ProcessProbe()
    probe.open(Subject(pid=pid))
    data = probe.close().data
    assert data.cpu[1] - data.cpu[0] < 0.1
    assert data.rss
    assert all(0 < anon < rss for (_, rss), (_, anon) in zip(data.rss, data.anon, strict=True))


def test_the_whole_tree_is_measured(child):
    one, three = child(IDLE), child(CHILDREN)

    def resident(pid):
        root = psutil.Process(pid)
        return sum(each.memory_info().rss for each in [root, *root.children()])

    while resident(three) < 2.5 * resident(one):  # until the children are whole interpreters
        time.sleep(0.01)

    def memory(pid):
        probe = ProcessProbe()
        probe.open(Subject(pid=pid))
        return probe.close().data

    assert memory(three).rss[-1][1] > 2 * memory(one).rss[-1][1]
    assert memory(three).peak is None
    assert memory(one).peak is not None
    assert max(value for _, value in memory(three).threads) >= 3


def test_the_peak_of_memory_is_that_of_the_window_and_not_of_the_start(child):
    pid = child("a = b'x' * (200 << 20); del a; import time; time.sleep(600)")
    before = 0
    while before < 200 << 20:
        before = peak_of(Path(f"/proc/{pid}/status").read_text()) or 0
        time.sleep(0.01)
    while psutil.Process(pid).memory_info().rss > 100 << 20:
        time.sleep(0.01)
    probe = ProcessProbe()
    probe.open(Subject(pid=pid))
    assert (probe.close().data.peak or 0) < 100 << 20


def test_the_high_water_mark_is_read_in_bytes():
    assert peak_of("Name:\tx\nVmHWM:\t  2048 kB\nVmRSS:\t1 kB\n") == 2 << 20
    assert peak_of("Name:\tx\n") is None


def test_a_page_is_fetched_at_open_and_at_close(child):
    counts = iter(range(1000))

    def page(_host, path):
        assert path == "/metrics"
        return 200, {}, f"events_total {next(counts)}\n".encode()

    with website(page) as address:
        probe = ScrapeProbe()
        url = f"http://{address}/metrics"
        probe.open(Subject(pid=child(IDLE), metrics=url, scrape={"events": "events_total"}))
        data = probe.close().data
    values = [value for _, value in data.values["events"]]
    assert data.at_open == {"events"}
    assert values == [float(k) for k in range(len(values))]
    assert len(values) >= 2  # and one more for each second in between


def test_a_page_that_cannot_be_fetched_is_a_problem_and_no_number(child):
    with website(lambda *_: (500, {}, b"")) as address:
        probe = ScrapeProbe()
        url = f"http://{address}/metrics"
        probe.open(Subject(pid=child(IDLE), metrics=url, scrape={"events": "events_total"}))
        data = probe.close().data
    assert not data.values["events"]
    assert len(data.problems) >= 2


def scraped(child, pages):
    """What is known of a counter whose pages are these, one after the other; None: none came."""
    coming = iter(pages)

    def page(*_):
        body = next(coming, None)
        return (500, {}, b"") if body is None else (200, {}, body)

    with website(page) as address:
        probe = ScrapeProbe()
        url = f"http://{address}/metrics"
        probe.open(Subject(pid=child(IDLE), metrics=url, scrape={"events": "events_total"}))
        return of_scrape(probe.close().data)


def at(count):
    return f"events_total {count}\n".encode()


@pytest.mark.parametrize("end", [[], [b"<html>sign in"]], ids=["none came", "no metrics"])
def test_without_a_page_of_the_end_nothing_was_counted_that_anybody_knows_of(child, end):
    found = scraped(child, [at(5), *end])
    assert found.quantities == {"scrape.events.max": 5.0}
    (note,) = [each for each in found.notes if each.code == "scrape-incomplete"]
    assert note.data == {"when": "the end"}


@pytest.mark.parametrize(
    "begin", [[None, None], [b"<html>sign in"]], ids=["none came", "no metrics"]
)
def test_without_a_page_of_the_beginning_nobody_knows_what_was_counted_since(child, begin):
    found = scraped(child, [*begin, at(9)])
    assert found.quantities == {"scrape.events.end": 9.0, "scrape.events.max": 9.0}
    (note,) = [each for each in found.notes if each.code == "scrape-incomplete"]
    assert note.data == {"when": "the beginning"}


@pytest.mark.parametrize("pages", [[at(5), None, at(9)], [None, at(5), at(9)]])
def test_a_page_of_the_beginning_or_the_end_is_asked_for_once_more(child, pages):
    found = scraped(child, pages)
    assert found.quantities["scrape.events.delta"] == 4
    assert [note.code for note in found.notes] == ["scrape-failed"]


def test_profiles_are_taken_as_they_come(child):
    asked = []

    def pprof(_host, path):
        asked.append(path)
        return (404, {}, b"") if path.endswith("mutex") else (200, {}, path.encode())

    with website(pprof) as address:
        probe = ProfileProbe()
        base = f"http://{address}/debug/pprof"
        kinds = ["cpu", "heap", "mutex"]
        probe.open(Subject(pid=child(IDLE), pprof=base, profiles=kinds, window=4.0))
        data = probe.close().data
    assert data.profiles == {
        "cpu": b"/debug/pprof/profile?seconds=3",
        "heap-at-open": b"/debug/pprof/heap",
        "heap": b"/debug/pprof/heap",
    }
    assert list(data.problems) == ["mutex"]
    # Go tells of its memory as it was at its last collection.
    heaps = [path.rpartition("/")[2] for path in asked if "/heap" in path]
    assert heaps == ["heap?gc=1&debug=1", "heap", "heap?gc=1&debug=1", "heap"]


@pytest.mark.parametrize("kinds", [["cpu", "goroutine", "mutex"], ["block"]])
def test_nobody_is_asked_to_collect_for_profiles_that_are_not_of_memory(child, kinds):
    asked = []

    def pprof(_host, path):
        asked.append(path)
        return 200, {}, b"x"

    with website(pprof) as address:
        probe = ProfileProbe()
        probe.open(Subject(pid=child(IDLE), pprof=f"http://{address}", profiles=kinds, window=1.0))
        probe.close()
    assert not [path for path in asked if "gc=1" in path]


def test_what_is_counted_from_the_start_or_held_is_asked_for_as_the_window_opens(child):
    asked = []

    def pprof(_host, path):
        asked.append(path)
        return 200, {}, str(len(asked)).encode()

    collection = "/heap?gc=1&debug=1"
    with website(pprof) as address:
        probe = ProfileProbe()
        kinds = ["allocs", "heap", "block"]
        probe.open(Subject(pid=child(IDLE), pprof=f"http://{address}", profiles=kinds))
        assert asked == [collection, "/allocs", "/heap", "/block"]
        data = probe.close().data
    assert asked[4:] == [collection, "/allocs", "/heap", "/block"]
    assert data.profiles == {
        "allocs-at-open": b"2",
        "heap-at-open": b"3",
        "block-at-open": b"4",
        "allocs": b"6",
        "heap": b"7",
        "block": b"8",
    }


def allocated(profile):
    """How many objects of 128 B the handler allocated.

    Go lays to it as well what the runtime allocates for it now and then, of another size.
    """
    objects, size = profile.column("alloc_objects"), profile.column("alloc_space")
    own = [each.values for each in profile.samples if each.stack[-1] == ALLOCATING]
    return sum(each[objects] for each in own if each[size] == 128 * each[objects])


@pytest.mark.slow  # it is built first
def test_what_go_allocated_in_a_window_is_there_though_it_had_no_reason_to_collect(tmp_path):
    with go_program(tmp_path, GODEBUG="memprofilerate=1") as program:
        probe = ProfileProbe()
        pprof = f"{program.url}/debug/pprof"
        probe.open(Subject(pid=program.pid, pprof=pprof, profiles=["allocs"]))
        program.ask("/allocate?objects=8000")  # of 128 B, where Go collects from 4 MiB on
        taken = probe.close().data.profiles
    own = [allocated(parse(taken[kind])) for kind in ("allocs-at-open", "allocs")]
    assert own == [0, 8000]


def test_a_window_of_no_fixed_length_is_profiled_in_pieces_until_it_closes(child):
    pieces = []

    def pprof(_host, path):
        pieces.append(path)
        time.sleep(0.2)
        return 200, {}, str(len(pieces)).encode()

    with website(pprof) as address:
        probe = ProfileProbe()
        probe.open(Subject(pid=child(BUSY), pprof=f"http://{address}", profiles=["cpu"]))
        time.sleep(0.7)
        data = probe.close().data
    assert list(data.pieces) == [str(number + 1).encode() for number in range(len(pieces))]
    assert len(pieces) > 1
    assert set(pieces) == {"/profile?seconds=2"}
    assert data.cpu > 0
    assert data.problems == {}


def test_the_kernels_cpu_time_is_counted_while_the_cpu_profile_is_taken(child):
    busy, idle = child(BUSY), child(IDLE)

    def slow(_host, path):
        if "profile" in path:
            time.sleep(0.4)
        return 200, {}, b"x"

    found = {}
    with website(slow) as address:
        for pid in (busy, idle):
            probe = ProfileProbe()
            kinds = ["cpu"]
            probe.open(Subject(pid=pid, pprof=f"http://{address}", profiles=kinds, window=1.0))
            data = probe.close().data
            found[pid] = of_readings({"pprof": ProbeReading(data=data, cost=0.0)}).quantities
    assert 0 <= found[idle]["profile.cpu_seconds"] < found[busy]["profile.cpu_seconds"]


def test_a_component_that_has_ended_has_no_cpu_time_and_no_profile():
    probe = ProfileProbe()
    probe.open(Subject(pid=2**22 + 1, pprof="http://127.0.0.1:9", profiles=["cpu"], window=1.0))
    data = probe.close().data
    assert data.cpu is None
    assert list(data.problems) == ["cpu"]


def test_profiles_are_taken_by_a_redirect_and_in_whatever_they_come(child):
    def pprof(_host, path):
        if path.endswith("/heap"):
            return 301, {"Location": "/heap/"}, b""
        return 200, {"Content-Encoding": "gzip"}, gzip.compress(b"a profile")

    with website(pprof) as address:
        probe = ProfileProbe()
        probe.open(Subject(pid=child(IDLE), pprof=f"http://{address}", profiles=["heap"]))
        found = probe.close().data.profiles
        assert found == {"heap-at-open": b"a profile", "heap": b"a profile"}


def test_no_profile_is_taken_that_nobody_asked_for(child):
    with website(lambda *_: (200, {}, b"x")) as address:
        probe = ProfileProbe()
        probe.open(Subject(pid=child(IDLE), pprof=f"http://{address}", profiles=()))
        assert probe.close().data.profiles == {}


def test_a_window_opens_and_closes_every_probe(child):
    subject = Subject(pid=child(IDLE), accounting=lambda: Accounting(requests={"get a b": 1}))
    with ProbeWindow([subject]) as window:
        window.open()
        window.close()
    assert set(window.readings[0]) == set(PROBES)


def test_a_window_that_is_left_early_ends_its_probes(child):
    ended = []

    class Recording(ProcessProbe):
        def stop(self):
            ended.append(self.name)
            super().stop()

    with ProbeWindow([Subject(pid=child(IDLE))], probes={"process": Recording}) as window:
        window.open()  # and never closed
    assert ended == ["process"]


def test_a_program_of_the_components_file_takes_the_profile(child):
    pid = child(IDLE)
    commands = {
        "cpu": lambda names: ["sh", "-c", f"echo main {names['pid']} {names['seconds']}"],
        "heap": lambda names: ["sh", "-c", f"echo kept > {names['output']}; echo said"],
        "mutex": lambda _: ["sh", "-c", "echo nothing there; exit 3"],
    }
    probe = ProfileProbe()
    probe.open(
        Subject(
            pid=pid, profiles=["cpu", "heap", "mutex", "goroutine"], profilers=commands, window=2.0
        )
    )
    data = probe.close().data
    assert data.profiles == {"cpu": f"main {pid} 1\n".encode(), "heap": b"kept\n"}
    assert list(data.problems) == ["mutex"]
    assert "status 3" in data.problems["mutex"]
