"""A query has one number, or a reason why it has none; never a zero that nobody measured."""

import pytest

from loadstone.measure.probes.query_answers import (
    AnsweredSeries,
    QueryAnswer,
    series_of,
    sparse,
    value_of,
)
from loadstone.report.common.sentences import in_full

ONE = [{"metric": {"__name__": "up", "job": "x"}, "value": [1.0, "3.5"]}]
WINDOW = {"opened": 100.0, "closed": 110.0}


def answer(kind, result, warnings=()):
    return QueryAnswer(kind, result, list(warnings))


@pytest.mark.parametrize("result", [answer("scalar", [1.0, "3.5"]), answer("vector", ONE)])
def test_a_single_number_is_the_value(result):
    assert value_of("q", result) == 3.5


@pytest.mark.parametrize(
    ("result", "code", "said"),
    [
        (answer("vector", []), "query-empty", "no series answers its query"),
        (
            answer("vector", ONE * 2),
            "query-several",
            '2 series answer its query, such as up{job="x"}',
        ),
        (answer("scalar", [1.0, "NaN"]), "query-not-a-number", "is no number (NaN)"),
        (answer("scalar", [1.0, "-Inf"]), "query-not-a-number", "is no number (-Inf)"),
        (
            answer("vector", [{"metric": {}, "histogram": [1.0, {}]}]),
            "query-not-a-number",
            "histogram",
        ),
        (answer("vector", ONE, ["partial"]), "query-warned", "warns of its answer: partial"),
        (answer("string", [1.0, "x"]), "query-empty", "no series"),
        (answer("vector", "nonsense"), "query-empty", "no series"),
        (answer("vector", [{"value": "nonsense"}]), "query-empty", "no series"),
    ],
)
def test_everything_else_is_a_reason(result, code, said):
    found = value_of("q", result)
    assert not isinstance(found, float)
    assert found.code == code
    assert in_full(found).startswith("q has no value: ")
    assert said in in_full(found)


def samples(*moments):
    return AnsweredSeries(values=[(moment, "1") for moment in moments])


@pytest.mark.parametrize(
    ("series", "code"),
    [
        ({"a": [samples(101, 105)]}, None),
        ({"a": [samples(100, 110)]}, None),  # the ends are the window's
        ({"a": [samples(105), samples(101, 102)]}, None),  # one may be younger than the window
        ({"a": [samples(99, 105)]}, "query-sparse"),
        ({"a": [samples(90, 95)]}, "query-sparse"),
        ({"a": [samples(101, 105)], "b": []}, None),  # as an error that never happened
        ({"a": [samples(101, 105)], "b": [samples(99)]}, "query-sparse"),
        ({"a": []}, "query-empty"),  # `a or vector(0)`: that nothing was scraped looks alike
        ({}, "query-empty"),
    ],
)
def test_a_window_without_two_samples_of_a_series_says_nothing(series, code):
    found = sparse("q", series, **WINDOW)
    assert (found.code if found else None) == code


def test_the_reason_names_what_was_too_seldom_scraped():
    found = sparse("q", {"a": [samples(101, 105)], 'b{c="d"}': [samples(99, 101)]}, **WINDOW)
    assert found is not None
    assert in_full(found) == (
        'q has no value: b{c="d"} has 1 sample in the 10 s of the window, '
        "which may be shorter than the time between two scrapes"
    )


def test_samples_come_with_their_own_times():
    result = [{"metric": {"a": "b"}, "values": [[1.5, "2"], [2.5, "NaN"]]}]
    (found,) = series_of(answer("matrix", result))
    assert found.values == [(1.5, "2"), (2.5, "NaN")]
    assert found.metric == {"a": "b"}
