"""What is in the way is said before measuring, with the command that mends it."""

from __future__ import annotations

import pytest

from loadstone.errors import UsageError
from loadstone.measure.host.preflight import demands, require, warnings
from loadstone.model import Case, CasePlan, Scalar
from loadstone.report.common.sentences import in_full

CALM: dict[str, Scalar] = {
    "cores": 4,
    "cpu_quota": 4.0,
    "open_files_hard": 65_536,
    "port_first": 32_768,
    "port_last": 60_999,
    "somaxconn": 4096,
    "governor": "performance",
    "other_cores": 0.01,
    "stolen": 0.0,
}


def case(held: int = 0, loaded: int = 50) -> CasePlan:
    load = {"do": "load", "template": "route", "rate": 100, "connections": loaded}
    hold = {"do": "hold", "connections": held, "rate": 1000}
    workload = {
        "templates": {"route": {"objects": [{}]}},
        "setup": [hold] if held else [],
        "measured": [load],
    }
    return CasePlan(
        case=Case(scenario="ingress-latency", axes={"held": held}), metrics=(), workload=workload
    )


def test_a_calm_machine_has_no_warnings():
    assert warnings(CALM) == []


def test_a_machine_that_says_nothing_has_no_warnings():
    assert warnings({}) == []


@pytest.mark.parametrize(
    ("facts", "code", "words"),
    [
        ({"stolen": 0.07}, "stolen-time", "takes 7% of the CPU time"),
        ({"other_cores": 1.2}, "other-load", "other programs use 1.2 cores; end what `top` shows"),
        ({"cores": 1, "cpu_quota": 1.0}, "few-cores", "`taskset -pc $$`"),
        ({"cpu_quota": 1.5}, "cpu-quota", "`docker run --cpus=4`"),
        ({"governor": "powersave"}, "governor", "`cpupower frequency-set -g performance`"),
        ({"open_files_hard": 1024}, "open-files", "`ulimit -n 65536`"),
        ({"port_first": 60_000}, "port-range", "`sysctl -w net.ipv4.ip_local_port_range="),
        ({"somaxconn": 128}, "backlog", "`sysctl -w net.core.somaxconn=65535`"),
    ],
)
def test_each_warning_says_what_to_do(facts, code, words):
    (reason,) = warnings(CALM | facts)
    assert reason.code == code
    assert words in in_full(reason)


@pytest.mark.parametrize("name", CALM)
def test_a_fact_that_is_no_number_warns_of_nothing_else(name):
    assert len(warnings(CALM | {name: "broken"})) <= 1


def test_connections_that_fit_are_no_problem():
    assert demands([case(held=10_000)], CALM) == []


def test_more_held_connections_than_open_files_are_refused_before_measuring():
    (problem,) = demands([case(held=100_000)], CALM)
    assert problem.where == "ingress-latency/held=100000"
    assert "100356 open files" in problem.what
    assert "may have 65536" in problem.what
    assert problem.hint == "`ulimit -n 131072` (as root)"


def test_held_connections_to_another_machine_come_from_one_address():
    elsewhere = demands([case(held=40_000)], CALM, loopback=False)
    assert ["28232 ports" in problem.what for problem in elsewhere] == [True]
    assert "ip_local_port_range" in elsewhere[0].hint
    assert demands([case(held=40_000)], CALM) == []


def test_more_load_connections_than_ports_are_refused():
    facts = CALM | {"open_files_hard": 10**6}
    assert len(demands([case(loaded=30_000)], facts)) == 1


def test_a_machine_that_says_nothing_refuses_nothing():
    assert demands([case(held=10**6)], {}) == []


def test_all_demands_are_told_at_once():
    cases = [case(held=100_000), case(held=10), case(held=200_000)]
    with pytest.raises(UsageError) as caught:
        require(cases, CALM)
    assert "held=100000" in caught.value.message
    assert "held=200000" in caught.value.message
    assert "held=10:" not in caught.value.message
    assert "`ulimit -n 131072`" in caught.value.next_step
    assert "smaller tier" in caught.value.next_step
    require([case(held=10)], CALM)
