"""Whole runs against the fake proxy, with the real generator and the real upstream.

What a run is made of is in the names of the tests: each ends in quantities, or in the reason why
there are none.
"""

from dataclasses import replace
from functools import partial
from typing import Any

import msgspec
import psutil
import pytest

from loadstone import formats
from loadstone.component.start import start
from loadstone.errors import ClusterFailed, ComponentFailed
from loadstone.measure.context import SessionInputs
from loadstone.measure.host.environment import read_file
from loadstone.measure.load.headroom import Headroom, headroom
from loadstone.measure.load.table import generator
from loadstone.measure.probes.table import PROBES
from loadstone.measure.session import measure
from loadstone.model import MetricSource, Run, Side
from loadstone.model.events import RunFinished, RunStarted, SessionStarted
from loadstone.model.reasons import holds
from loadstone.report.common.sentences import in_full
from loadstone.store.rounds import RoundLog
from tests.measure.fakes import world

pytestmark = pytest.mark.slow  # each is a run or more, of a second and its start

LOAD = {"do": "load", "template": "route", "rate": 100, "connections": 4}
CHANGE = {"do": "change", "template": "route", "times": 4}
TINY = {"warmup": 0.2, "window": 0.8}
# The tests share two cores with others: what they are about is not the generator's punctuality.
PATIENT = {"gate": {"generator_cpu": 1.0, "achieved": 0.5}}
ROOMY = partial(Headroom, asked=4e3, achieved=4e3, generator_cpu=0.1, upstream_cpu=0.1)
BUSY = {"generator-bottleneck", "upstream-bottleneck", "stolen-time", "rate-short"}


def run(tmp_path, case, component=None, clusters=None, slots=None, **more):
    """Measure the slots of one case (by default: one, of base)."""
    due = [world.slot()] if slots is None else slots
    runs: list[Run] = []
    described = component or world.proxy()
    session: dict[str, Any] = {
        name: more.pop(name) for name in ("done", "events", "on_run") if name in more
    }
    given: dict[str, Any] = {
        "generator": generator("openloop"),
        "out": tmp_path / "out",
        "start": partial(start, described),
        "try_out": lambda *_, rate, **__: ROOMY(rate=rate),
        "profile_problem": lambda content: "it is HTML" if content.startswith(b"<") else None,
    }
    inputs = SessionInputs(
        plan=world.plan(case),
        component=described,
        clusters=clusters or [world.FakeCluster()],
        workdir=tmp_path,
        **(given | more),
    )
    found = measure(
        inputs,
        lambda so_far: [] if len(so_far) >= len(due) else due,
        **({"on_run": runs.append} | session),
    )
    return found, runs


def one(tmp_path, case, component=None, **more):
    (found,), _ = run(tmp_path, case, component, **more)
    return found


def codes(found):
    return [code for code in world.codes(found) if code not in BUSY]


def test_load_comes_to_latency_and_what_it_cost(tmp_path):
    case = world.case([LOAD], profiles=["cpu"], **TINY, **PATIENT)
    found = one(tmp_path, case, try_out=headroom)
    assert codes(found) == []
    assert found.quantities["upstream.headroom"] > 0
    assert found.quantities["load.requests"] == pytest.approx(80, abs=3)
    assert found.quantities["latency.p99"] > 0
    assert found.quantities["process.cpu_seconds"] > 0
    assert found.quantities["process.start_seconds"] > 0
    assert found.quantities["upstream.cpu_seconds"] >= 0  # the fake answers by itself
    assert found.quantities["generator.cpu_seconds"] > 0
    assert found.quantities["process.context_switches"] > 0
    assert found.quantities["scrape.heap.end"] == 5
    assert found.values == {"cpu": found.quantities["process.cpu_seconds"]}
    assert found.requests == {"list pods proxy/1": 7}  # ours are not among them
    assert {"latency", "service"} <= set(found.histograms)
    assert found.series["process.rss"]
    assert set(found.probe_cost) == set(PROBES)
    assert (tmp_path / "out" / found.profiles["cpu"]).read_bytes()[:2] == b"\x1f\x8b"


def test_the_component_is_started_with_the_settings_of_the_case(tmp_path):
    seen, described = [], world.proxy()

    def starting(*given, settings, **more):
        seen.append(settings)
        return start(described, *given, settings=settings, **more)

    case = world.case([LOAD], **TINY, **PATIENT)
    fast = replace(case, workload={**case.workload, "settings": {"mode": "fast"}})
    one(tmp_path, fast, start=starting)
    assert seen == [{"mode": "fast"}]


def test_a_generator_that_was_the_limit_voids_times_and_nothing_else(tmp_path):
    case = world.case([LOAD], **TINY, **PATIENT)
    sources = {**case.sources, "p99": MetricSource(quantity="latency.p99")}
    sources["memory"] = MetricSource(quantity="process.rss_peak")
    tight = partial(Headroom, asked=400.0, achieved=110.0, generator_cpu=0.9, upstream_cpu=0.1)
    found = one(
        tmp_path,
        replace(case, sources=sources),
        try_out=lambda *_, rate, **__: tight(rate=rate),
    )
    assert "generator-bottleneck" in world.codes(found)
    assert found.valid
    assert "p99" not in found.values
    assert found.values["memory"] > 0
    assert found.quantities["latency.p99"] > 0  # for whoever looks for the reason
    assert not holds(found, "latency")


def test_a_metrics_page_with_values_that_are_no_numbers_costs_nothing_but_those(tmp_path):
    scrape = {"heap": 'fake_heap{kind="used"}', "took": "fake_took", "sum": "fake_took_sum"}
    component = msgspec.structs.replace(world.proxy(), scrape=scrape)
    found = one(tmp_path, world.case([CHANGE]), component)
    assert codes(found) == []
    assert found.quantities["scrape.heap.end"] == 5
    assert not [name for name in found.quantities if "took" in name or "sum" in name]
    assert [note.code for note in found.notes] == ["series-not-a-number"] * 2
    log = RoundLog.create(tmp_path / "rounds.jsonl", world.plan(world.case([CHANGE])))
    log.append(found)
    assert [each.quantities for each in log.read()] == [found.quantities]


def test_answers_that_end_with_their_connection_are_right_from_first_to_last(tmp_path):
    churn = {"do": "churn", "template": "churned", "rate": 20}
    case = world.case([LOAD, churn], **TINY, **PATIENT)
    found = one(tmp_path, case, world.proxy("--closing"))
    assert codes(found) == []
    assert found.quantities["load.wrong"] == found.quantities["load.errors"] == 0
    assert found.quantities["load.requests"] == pytest.approx(80, abs=3)
    assert found.quantities["churn.wrong"] == 0


def test_changes_come_to_propagation(tmp_path):
    found = one(tmp_path, world.case([CHANGE]), world.proxy("--slow", "0.1"))
    assert codes(found) == []
    assert found.quantities["change.count"] == 4
    assert 0.1 <= found.quantities["propagation.p50"] <= found.quantities["propagation.max"]
    assert "propagation" in found.histograms
    assert found.quantities["scrape.loads.delta"] == 4


def test_churn_is_checked_operation_by_operation(tmp_path):
    churn = {"do": "churn", "template": "churned", "rate": 20}
    found = one(tmp_path, world.case([LOAD, churn], **TINY, **PATIENT))
    assert codes(found) == []
    assert found.quantities["churn.wrong"] == 0
    assert found.quantities["churn.operations"] > 0


def test_held_connections_are_counted(tmp_path):
    hold = {"do": "hold", "connections": 10, "rate": 100}
    found = one(tmp_path, world.case([hold, LOAD], **TINY, **PATIENT))
    assert codes(found) == []
    assert found.quantities["hold.open"] == 10


def test_waiting_for_routes_counts_from_the_first_create(tmp_path):
    case = world.case([CHANGE])
    found = one(tmp_path, case, world.proxy("--slow", "0.2"))
    assert found.quantities["await.seconds"] >= 0.2


def test_routes_of_before_are_pushed_as_soon_as_the_component_is_up(tmp_path):
    before = [{"do": "create", "template": "route", "count": 3}]
    setup = [{"do": "create", "template": "churned", "count": 1}]
    waited = [{"do": "await", "template": "route", "timeout": 10.0}]
    found = one(tmp_path, world.case(waited, before=before, setup=setup))
    assert codes(found) == []
    assert found.quantities["cold_start.seconds"] > found.quantities["process.start_seconds"]


def test_a_route_that_answers_wrongly_makes_the_run_invalid(tmp_path):
    setup = [
        {"do": "create", "template": "route", "count": 3},
        {"do": "await", "template": "route", "timeout": 2.0},
    ]
    found = one(tmp_path, world.case([LOAD], setup=setup, **TINY), world.proxy("--lie", "r1.test"))
    assert codes(found) == ["wrong-answers"]
    assert "1 of 3 routes" in in_full(found.invalid[0])
    assert "r1.test/v1/x: 500 instead of 200" in in_full(found.invalid[0])


def test_wrong_answers_under_load_make_the_run_invalid(tmp_path):
    setup = [{"do": "create", "template": "route", "count": 3}]
    case = world.case([LOAD], setup=setup, warmup=0.5, window=0.8)
    found = one(tmp_path, case, world.proxy("--lie", "r1.test"))
    assert codes(found) == ["wrong-answers"]
    assert found.quantities["load.wrong"] + found.quantities["load.errors"] > 0


def test_a_component_that_dies_under_load_makes_the_run_invalid(tmp_path):
    case = world.case([LOAD], warmup=0.2, window=30.0)
    found = one(tmp_path, case, world.proxy("--die-after", "2.5"))
    assert codes(found) == ["exited"]
    assert "status 3" in in_full(found.invalid[0])
    assert "I have had enough" in in_full(found.invalid[0])
    assert found.seconds < 25


def test_a_profile_that_is_html_is_said_and_not_kept_and_spoils_no_number(tmp_path):
    found = one(tmp_path, world.case([CHANGE], profiles=["heap"]))
    assert codes(found) == ["profile-not-a-profile"]
    assert found.profiles == {}
    assert found.valid
    assert found.values["cpu"] == found.quantities["process.cpu_seconds"]


def test_a_change_that_shows_before_it_is_made_is_no_measurement(tmp_path):
    case = world.case([CHANGE])
    blind = {**world.ROUTE, "check": {"host": "r${i}.test", "path": "/v1"}}
    case.workload["templates"]["route"] = blind
    assert codes(one(tmp_path, case)) == ["change-not-visible"]


def test_pushed_routes_that_are_refused_end_the_run(tmp_path):
    component = world.proxy()
    push = formats.Push(url="http://${admin}/load", template="{{ nothing }}")
    broken = type(component)(**{**_fields(component), "push": push})
    assert codes(one(tmp_path, world.case([CHANGE]), broken)) == ["push-refused"]


def test_a_component_that_never_gets_ready_makes_invalid_runs_and_after_three_an_end(tmp_path):
    slots = [world.slot(round=number) for number in range(5)]
    runs: list[Run] = []
    with pytest.raises(ComponentFailed, match="did not get ready 3 times in a row"):
        run(
            tmp_path,
            world.case([CHANGE]),
            world.proxy("--never-ready", timeout=0.3),
            slots=slots,
            on_run=runs.append,
        )
    assert [codes(each) for each in runs] == [["not-ready"]] * 3


def test_every_run_is_handed_on_as_it_ends_and_told_of(tmp_path):
    heard: list[Any] = []
    slots = [world.slot(side, order=order) for order, side in enumerate(Side)]
    found, runs = run(tmp_path, world.case([CHANGE]), slots=slots, events=heard.append)
    assert found == runs
    assert [each.side for each in runs] == [Side.BASE, Side.HEAD]
    assert [type(event) for event in heard] == [
        SessionStarted,
        *[RunStarted, RunFinished] * 2,
    ]
    assert heard[2].run == runs[0]


def test_runs_that_are_done_are_not_repeated(tmp_path):
    first, _ = run(tmp_path, world.case([CHANGE]))
    slots = [world.slot(Side.BASE), world.slot(Side.HEAD, order=1)]
    found, runs = run(tmp_path, world.case([CHANGE]), slots=slots, done=first)
    assert [each.side for each in runs] == [Side.HEAD]
    assert found == [*first, *runs]


def test_every_run_has_a_world_of_its_own(tmp_path):
    cluster = world.FakeCluster()
    dials = [{"verb": "list", "latency": 0.5}]
    slots = [world.slot(round=number) for number in range(2)]
    run(tmp_path, world.case([CHANGE], dials=dials), clusters=[cluster], slots=slots)
    assert cluster.resets == 2
    assert cluster.dials == [[formats.Dial(verb="list", latency=0.5)]] * 2


def test_both_sides_of_a_round_see_the_same_order_of_changes(tmp_path):
    slots = [world.slot(side) for side in Side]
    found, _ = run(tmp_path, world.case([CHANGE]), slots=slots)
    assert [each.quantities["change.count"] for each in found] == [4, 4]


def test_an_interrupt_ends_everything_that_was_started(tmp_path):
    before = {child.pid for child in psutil.Process().children(recursive=True)}

    def interrupt(event):
        if isinstance(event, RunFinished):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, world.case([CHANGE]), events=interrupt)
    left = {child.pid for child in psutil.Process().children(recursive=True)}
    assert left <= before


def test_a_cluster_that_has_gone_is_not_the_components_fault(tmp_path):
    class Gone(world.FakeCluster):
        def alive(self):
            return False

    with pytest.raises(ClusterFailed):
        run(
            tmp_path,
            world.case([CHANGE]),
            world.proxy("--never-ready", timeout=0.2),
            clusters=[Gone()],
        )


def test_runs_from_the_moment_on_that_the_machine_is_another_one_do_not_count(tmp_path):
    quota = {"text": "200000 100000\n"}
    slots = [world.slot(round=number) for number in range(3)]

    def shrink(event):
        if isinstance(event, RunStarted) and event.slot.round == 1:
            quota["text"] = "100000 100000\n"

    found, _ = run(
        tmp_path,
        world.case([CHANGE]),
        slots=slots,
        events=shrink,
        read=lambda path: quota["text"] if path.endswith("cpu.max") else read_file(path),
    )
    assert [codes(each) for each in found] == [[], *[["environment-changed"]] * 2]
    text = "cpu_quota was 2 as the session began, and then 1"
    assert [in_full(reason) for reason in found[1].invalid if reason.code not in BUSY] == [text]


def _fields(struct):
    return {name: getattr(struct, name) for name in struct.__struct_fields__}


def test_routes_that_do_not_come_and_go_as_told_are_counted(tmp_path):
    churn = {"do": "churn", "template": "churned", "rate": 20}
    case = world.case([churn], warmup=0.0, window=1.0)
    component = world.proxy("--lie", "c41.test")  # the first that is added in the window
    found = one(tmp_path, case, component)
    assert codes(found) == ["wrong-answers"]
    assert found.quantities["churn.wrong"] == 1
    assert "c41.test" in in_full(found.notes[0])
