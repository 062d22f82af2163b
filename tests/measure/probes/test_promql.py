"""Queries are asked of a Prometheus once the window is over; what it does not know has no value."""

import gzip
import json
import socket
import time
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import pytest

from loadstone.measure.probes.probe import PrometheusQueries, Subject
from loadstone.measure.probes.promql import PromqlProbe
from loadstone.measure.probes.query_answers import AnsweredSeries
from loadstone.measure.probes.query_window import QueryWindow
from loadstone.measure.probes.series_snapshot import snapshot
from loadstone.model import ApiAccess
from loadstone.report.common.sentences import in_full
from tests.measure.fakes.website import website
from tests.prometheus import needs_prometheus, prometheus

QUERIES = {"grown": "increase(n_total{${target}}[${window}])"}


def asked(url, queries=None, access=None, window=0.0):
    probe = PromqlProbe(patience=0.0)
    probe.open(
        Subject(
            pid=None,
            prometheus=PrometheusQueries(
                url=url,
                queries=queries or QUERIES,
                names={"target": 'job="x"'},
                since=time.time() - 1.0,
                access=access,
            ),
        )
    )
    time.sleep(window)
    probe.close()
    return probe.settle().data


def success(kind, result, **more):
    data = {"resultType": kind, "result": result}
    return 200, {}, json.dumps({"status": "success", "data": data, **more}).encode()


@contextmanager
def server(*, ahead=0.0, samples=2, **answers):
    """A server of Prometheus' API: its clock, what it has of any series, and given answers."""
    queries = []

    def answering(_, path):
        given = parse_qs(urlsplit(path).query)
        asked_for = given["query"][0]
        queries.append(asked_for)
        now = time.time()
        if asked_for == "time()":
            return success("scalar", [now, str(now + ahead)])
        if asked_for.endswith("]"):
            values = [[float(given["time"][0]) - 0.001, "1"]] * samples
            return success("matrix", [{"metric": {"job": "x"}, "values": values}])
        return answers.get("answer") or success("scalar", [now, "7"])

    with website(answering) as address:
        yield f"http://{address}", queries


def codes(data):
    return [note.code for note in data.notes]


def test_a_query_is_asked_with_the_window_and_the_labels_put_in():
    with server() as (url, queries):
        data = asked(url, window=0.2)
    assert data.values == {"grown": 7.0}
    assert queries[0] == "time()"
    assert queries[1].startswith('n_total{job="x"}[')
    (query,) = queries[2:]
    window = int(query.removeprefix('increase(n_total{job="x"}[').removesuffix("ms])"))
    assert 200 <= window < 2000


def test_a_server_that_is_down_leaves_no_value_and_is_asked_once():
    with socket.create_server(("127.0.0.1", 0)) as held:
        free = held.getsockname()[1]
    data = asked(f"http://127.0.0.1:{free}", {"a": "x", "b": "y"})
    assert data.values == {}
    assert codes(data) == ["query-failed", "query-failed"]
    assert "refused" in in_full(data.notes[0])
    assert data.snapshot is None


def test_what_is_no_prometheus_says_so():
    with website(lambda *_: (200, {}, b"<html>")) as address:
        data = asked(f"http://{address}")
    assert codes(data) == ["query-failed"]
    assert "is no Prometheus" in in_full(data.notes[0])


def test_a_query_that_is_refused_leaves_the_others_their_values():
    body = json.dumps({"status": "error", "errorType": "bad_data", "error": "parse error: no"})
    with server(answer=(400, {}, body.encode())) as (url, _):
        data = asked(url)
    assert codes(data)[0] == "query-failed"
    assert in_full(data.notes[0]) == "grown has no value: parse error: no"
    assert data.snapshot is not None


@pytest.mark.parametrize("ahead", [-30.0, 30.0])
def test_a_server_whose_clock_is_not_ours_does_not_know_the_window(ahead):
    with server(ahead=ahead) as (url, _):
        data = asked(url)
    assert data.values == {}
    assert codes(data) == ["prometheus-clock"]
    assert data.notes[0].data["ahead"] == pytest.approx(ahead, abs=1.0)


def test_a_window_with_one_sample_has_no_value():
    with server(samples=1) as (url, _):
        data = asked(url)
    assert data.values == {}
    assert codes(data)[0] == "query-sparse"


def test_credentials_are_shown_to_whom_they_are_for_and_go_nowhere_else(tmp_path):
    (tmp_path / "token").write_text("secret")
    seen = []

    def elsewhere(_, path):
        seen.append(path)
        return success("scalar", [0, "1"])

    with website(elsewhere) as other:
        moved = (302, {"Location": f"http://{other}/"}, b"")
        with website(lambda *_: moved) as address:
            access = ApiAccess(url=f"http://{address}", token_file=str(tmp_path / "token"))
            data = asked(f"http://{address}", access=access)
    assert codes(data) == ["query-failed"]
    assert seen == []


def test_a_component_without_queries_costs_nothing():
    probe = PromqlProbe()
    probe.open(Subject(pid=None))
    probe.close()
    began = time.monotonic()
    assert probe.settle().data.values == {}
    assert time.monotonic() - began < 0.5


def test_a_snapshot_is_bounded_and_says_what_it_leaves_out():
    window = QueryWindow(since=0.0, opened=1.0, closed=2.0)
    series = [AnsweredSeries(metric={"n": str(n)}, values=[(1.0, "1")] * 4) for n in range(5)]
    found = snapshot({"q": "x"}, {"q": 1.0}, {"x": series}, window, most=10)
    kept = json.loads(gzip.decompress(found.content))
    assert [each["metric"] for each in kept["series"]["x"]] == [{"n": "0"}, {"n": "1"}]
    assert kept["left_out"] == 3
    assert kept["queries"] == {"q": {"query": "x", "value": 1.0}}
    assert [note.code for note in found.notes] == ["series-kept", "series-left-out"]
    assert found.content == snapshot({"q": "x"}, {"q": 1.0}, {"x": series}, window, most=10).content


@needs_prometheus
def test_a_real_prometheus_knows_how_much_a_counter_grew(tmp_path):
    began = time.monotonic()

    def page(*_):
        text = f"# TYPE n_total counter\nn_total {int((time.monotonic() - began) * 100)}\n"
        return 200, {"Content-Type": "text/plain"}, text.encode()  # 100 a second

    queries = {
        "grown": "increase(n_total{${target}}[${window}])",
        "at_end": "sum(n_total @ ${end})",
        "never": "sum(rate(never_total[${window}]))",
        "nothing_or_zero": "sum(never_total) or vector(0)",
        "rare_or_zero": "sum(never_total) or 0 * sum(n_total)",
        "several": '{job="x"}',
        "broken": "sum(",
        "nan": "0 * sum(n_total) / 0",
    }
    with website(page) as address, prometheus(tmp_path, {"x": [address]}) as url:
        time.sleep(1.0)
        data = asked(url, queries, window=3.0)
        late = asked(url, queries, window=0.05)
    assert data.values["grown"] == pytest.approx(300, rel=0.1)
    assert 300 < data.values["at_end"] < 1000
    assert data.values["rare_or_zero"] == 0
    reasons = {note.data.get("alias"): note.code for note in data.notes}
    assert reasons == {
        "never": "query-empty",
        "nothing_or_zero": "query-empty",
        "several": "query-several",
        "broken": "query-failed",
        "nan": "query-not-a-number",
        None: "series-kept",
    }
    assert late.values == {}  # shorter than the time between two scrapes
    assert {note.code for note in late.notes} >= {"query-sparse", "query-empty", "query-failed"}
    assert data.snapshot is not None
    kept = json.loads(gzip.decompress(data.snapshot.content))
    (series,) = kept["series"]['n_total{job="x"}']
    assert len(series["values"]) >= 15  # every 200 ms of 4 s
    assert kept["queries"]["grown"]["value"] == data.values["grown"]
    assert kept["queries"]["never"]["why"] == "query-empty"
