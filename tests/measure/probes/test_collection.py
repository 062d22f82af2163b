"""Collections of garbage before a window."""

from __future__ import annotations

import pytest

from loadstone.measure.probes.collection import collect
from tests.measure.fakes.go_program import go_program
from tests.measure.fakes.website import website


@pytest.mark.slow  # it is built first
def test_go_collects_when_it_is_asked(tmp_path):
    with go_program(tmp_path) as program:
        before = int(program.ask("/collections"))
        assert collect(f"{program.url}/debug/pprof")
        assert int(program.ask("/collections")) == before + 1


def test_another_runtime_collects_at_the_url_that_its_file_names():
    asked = []

    def answer(_host, path):
        asked.append(path)
        return 200, {}, b"done"

    with website(answer) as address:
        assert collect("", f"http://{address}/gc")
    assert asked == ["/gc"]


@pytest.mark.parametrize(
    "answer", [(404, {}, b""), (200, {}, b"<html>"), (200, {}, b"# NumGC = 0\n")]
)
def test_what_is_no_heap_profile_of_go_has_collected_nothing(answer):
    with website(lambda *_: answer) as address:
        assert not collect(f"http://{address}/debug/pprof")


def test_nobody_is_asked_where_nothing_is_offered_or_nobody_answers():
    assert not collect("")
    assert not collect("http://127.0.0.1:9/debug/pprof")
    assert not collect("", "http://127.0.0.1:9/gc")
