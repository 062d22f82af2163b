"""Where the measuring happens: equal keys compare, and nothing else does."""

from __future__ import annotations

import platform

import pytest

from loadstone.measure.host.environment import environment, facts_of, key, read_file
from loadstone.model import Design, Scalar
from tests.measure.host.test_machine import FILES, STAT, nothing


def here(**more):
    return environment("memory", "0.1.0", read=FILES.get, sleep=lambda _: None, **more)


def test_this_machine_is_described_whole():
    found = environment("memory", "0.1.0", window=0.05)
    assert {"arch", "cores", "cpu", "kernel", "open_files", "memory"} <= found.facts.keys()
    assert found.facts["arch"] == platform.machine()
    assert found.tools["nginx"]
    assert len(found.key) == 12
    assert (found.provider, found.harness) == ("memory", "0.1.0")


def test_the_same_machine_has_the_same_key():
    assert here().key == here().key


@pytest.mark.parametrize("name", ["arch", "cpu", "cores", "cpu_quota"])
def test_what_must_be_equal_changes_the_key(name):
    facts: dict[str, Scalar] = {
        "arch": "x86_64",
        "cpu": "EPYC",
        "cores": 2,
        "cpu_quota": 1.5,
        "kernel": "6.1",
    }
    assert key("memory", "1", facts) != key("memory", "1", facts | {name: "other"})


def test_provider_and_harness_change_the_key_and_the_kernel_does_not():
    facts = {"arch": "x86_64", "kernel": "6.1"}
    assert key("memory", "1", facts) != key("kind", "1", facts)
    assert key("memory", "1", facts) != key("memory", "2", facts)
    assert key("memory", "1", facts) == key("memory", "1", facts | {"kernel": "6.2"})


def test_a_session_that_is_all_solo_has_the_key_it_had_before_there_were_designs():
    assert here(designs=[Design.SOLO, Design.SOLO]).key == here().key
    assert "design" not in here(designs=[Design.SOLO]).facts


def test_mixed_pairs_are_another_environment():
    keys = [here(designs=each).key for each in ([], [Design.MIXED], list(Design))]
    assert len(set(keys)) == 3
    assert here(designs=[Design.MIXED, Design.SOLO]).facts["design"] == "mixed, solo"


def test_facts_that_nothing_tells_are_left_out():
    assert facts_of(nothing) == {
        "virtualisation": "unknown",
        "container": "none",
        "governor": "unknown",
    }


def test_other_load_is_seen_in_the_window():
    texts = iter([STAT, STAT.replace("cpu  7213 599 4243 314552", "cpu  7263 599 4243 314602")])

    def read(path):
        if path == "/proc/stat":
            return next(texts, STAT)
        return FILES.get(path)

    found = environment("memory", "0.1.0", read=read, sleep=lambda _: None)
    assert found.facts["other_cores"] == 1.0
    assert found.facts["stolen"] == 0.0
    assert "other-load" in [warning.code for warning in found.warnings]


def test_a_configured_tool_that_is_missing_is_left_out(tmp_path):
    found = here(configured={"k6": tmp_path / "gone"})
    assert "k6" not in found.tools
    assert "nginx" in found.tools


def test_a_file_that_cannot_be_read_is_none(tmp_path):
    assert read_file(str(tmp_path / "none")) is None
    assert read_file(str(tmp_path)) is None
