"""The series of metrics pages: what the text format and OpenMetrics make a sample."""

from __future__ import annotations

import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, Gauge, Summary, generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics

from loadstone.errors import InvalidFile
from loadstone.formats.exposition import LONGEST
from loadstone.measure.probes.metrics_page import Page
from loadstone.measure.probes.selector import Selector
from loadstone.measure.probes.text_page import read

PAGE = """\
# HELP reloads_total Reloads
# TYPE reloads_total counter
reloads_total 7
reloads_total_suspicious 100
requests_total{code="200",method="GET"} 10
requests_total{code="200",method="PUT"} 5
requests_total{code="404",method="GET"} 1
broken{ 3
"""


def seen(page: str, series: str) -> Page:
    return read(page, {"a": Selector.parse(series)})


@pytest.mark.parametrize(
    ("series", "value"),
    [
        ("reloads_total", 7.0),
        ('requests_total{code="200"}', 15.0),
        ('requests_total{code="404",method="GET"}', 1.0),
        ("requests_total", 16.0),
        ('requests_total{code="500"}', None),
        ("reloads", None),
    ],
)
def test_a_series_is_the_sum_of_what_matches_its_labels(series, value):
    assert seen(PAGE, series).sum("a") == value


OTHERS = '# TYPE answers_total counter\nanswers_total{code="200",method="GET"} 10\n'


def errors(page: str, series: str = 'answers_total{code="502"}') -> Page:
    """A page of which a counter is 0 where it is absent."""
    return read(page, {"a": Selector.parse(series, absent=0)})


def test_a_counter_that_is_absent_is_zero_where_others_of_its_family_are_there():
    assert errors(OTHERS).sum("a") == 0
    assert errors(OTHERS + 'answers_total{code="502",method="GET"} 3\n').sum("a") == 3
    assert seen(OTHERS, 'answers_total{code="502"}').sum("a") is None


@pytest.mark.parametrize(
    ("page", "series"),
    [
        (OTHERS, 'answer_total{code="502"}'),
        (OTHERS, 'answers_total{cod="502"}'),
        (OTHERS, 'answers_total{code="502",path="/"}'),
        ("# TYPE answers_total counter\n", 'answers_total{code="502"}'),
        ("", 'answers_total{code="502"}'),
        ('# TYPE open gauge\nopen{code="200"} 1\n', 'open{code="502"}'),
        ('open{code="200"} 1\n', 'open{code="502"}'),
        ('# TYPE took summary\ntook{quantile="0.5"} 1\n', 'took{quantile="0.9"}'),
        (OTHERS + 'answers_total{code="502"} three\n', 'answers_total{code="502"}'),
    ],
    ids=["misspelt name", "misspelt label", "another label", "no family", "an empty page",
         "a gauge", "nobody says it is a counter", "a summary", "an unreadable line"],
)  # fmt: skip
def test_nothing_is_zero_of_which_the_page_does_not_say_that_it_would_count(page, series):
    assert errors(page, series).sum("a") is None


def test_a_counter_that_is_no_number_is_not_absent():
    total = errors(OTHERS + 'answers_total{code="502"} NaN\n').sum("a")
    assert total is not None
    assert math.isnan(total)


@pytest.mark.parametrize(
    ("line", "series"),
    [
        ('a{b="x\u2028y"} 4', "a"),
        ('a{b="x\u2029y"} 4', "a"),
        ('a{b="x\x85y"} 4', "a"),
        ('a{b="x\ry"} 4', "a"),
        ('a{b="x\x0b\x0c\x1c\x1d\x1ey"} 4', "a"),
        ('a{b="x y  z"} 4', 'a{b="x y  z"}'),
        ('a{b="x\\ny"} 4', r'a{b="x\ny"}'),
        ('a{b="}"} 4', 'a{b="}"}'),
        ('a{b="\\"}"} 4', "a"),
        ('a{b="# "} 4', "a"),
        ('{"my.metric",a="b"} 4', '{"my.metric"}'),
        ('{a="b","my.metric"} 4', '{"my.metric",a="b"}'),
        ('{ "my.metric" , "l.n" = "b" , } 4', '{"my.metric","l.n"="b"}'),
        ('{"a"} 4', "a"),
        ("a 4", '{"a"}'),
        ('{"a\\"b"} 4', r'{"a\"b"}'),
        ("  a 4", "a"),
        ("\ta\t4\t", "a"),
        ('a {b="c"} 4', "a"),
        ('a{ b = "c" , } 4', 'a{b="c"}'),
        ('a{b="c"}4', "a"),
        ("a 4\r", "a"),
        ("a 4 1395066363000", "a"),
        ('a_bucket{le="1"} 4 # {trace="x"} 0.4 1.2', 'a_bucket{le="1"}'),
        ("a +4", "a"),
        ("a 4e0", "a"),
        ('a{b=""} 4', "a"),
        ("a 4", 'a{b=""}'),
        ('a{b="größe"} 4', 'a{b="größe"}'),
    ],
)
def test_what_the_format_allows_is_read(line, series):
    for page in (line, f"before 1\n{line}\nafter 2\n"):
        found = seen(page, series)
        assert found.sum("a") == 4
        assert not found.unreadable


@pytest.mark.parametrize(
    "line",
    [
        "a",
        "a x",
        "a 1_0",
        "a 0x10",
        "a{b='c'} 1",
        'a{b="c",,} 1',
        'a{b="c" c="d"} 1',
        'a{b="c",b="d"} 1',
        'a{b="c"',
        'a{b="c"} {count:1,sum:2}',
        "a{",
        'a b{c="d"} 1',
        'a{b.c="d"} 1',
        '{"a"',
        'a{b="' + "x" * LONGEST + '"} 1',
    ],
)
def test_what_is_no_sample_is_kept_as_a_line_and_hides_no_other(line):
    found = seen(f'{line}\na{{good="1"}} 3\n', "a")
    assert found.sum("a") == 3
    assert list(found.unreadable) == [line]


@pytest.mark.parametrize("value", ["NaN", "nan", "+Inf", "Inf", "-Inf", "1e400", "9" * 400])
def test_a_value_that_is_no_number_is_told_from_a_series_that_is_not_there(value):
    total = seen(f"a {value}\n", "a").sum("a")
    assert total is not None
    assert not math.isfinite(total)
    assert seen("b 1\n", "a").sum("a") is None


def test_a_sum_with_one_member_that_is_no_number_is_none():
    page = 'a{q="0.5"} NaN\na{q="0.9"} 3\n'
    assert math.isnan(seen(page, "a").sum("a") or 0.0)
    assert seen(page, 'a{q="0.9"}').sum("a") == 3
    assert not math.isfinite(seen('a{q="1"} +Inf\na{q="2"} -Inf\n', "a").sum("a") or 0.0)
    assert not math.isfinite(seen('a{q="1"} 1.7e308\na{q="2"} 1.7e308\n', "a").sum("a") or 0.0)


@pytest.mark.parametrize(
    "second", ['a{x="1",y="2"} 7', 'a{y="2",x="1"} 7', 'a{x="1",y="2",z=""} 7']
)
def test_of_a_sample_that_is_shown_twice_the_first_one_counts_as_in_prometheus(second):
    found = seen(f'a{{x="1",y="2"}} 5\n{second}\na{{x="2"}} 1\n', "a")
    assert found.sum("a") == 6
    assert list(found.twice) == [second]


@pytest.mark.parametrize(
    ("series", "gauge"),
    [
        ("made_total", False),
        ("queue", True),
        ("took_count", False),
        ("took_sum", False),
        ("took", True),
        ("took_created", True),
        ("of_old_count", False),
        ("not_total", True),
        ("plain", True),
        ("plain_total", False),
        ("untyped_total", False),
        ('{"odd.name_total"}', False),
        ('{"odd.gauge_total"}', True),
    ],
)
def test_what_may_fall_is_told_by_its_type_and_without_one_by_its_name(series, gauge):
    page = """\
# TYPE made_total counter
made_total 1
# TYPE queue gauge
queue 1
# TYPE took summary
took{quantile="0.5"} NaN
took_count 3
took_sum 3
took_created 1.7e9
#\tTYPE  of_old_count counter
of_old_count 1
# TYPE not_total gauge
not_total 1
# TYPE untyped_total untyped
untyped_total 1
plain 1
plain_total 1
# TYPE "odd.name_total" counter
{"odd.name_total"} 1
# TYPE "odd.gauge_total" gauge
{"odd.gauge_total"} 1
# TYPE broken nonsense
# TYPE
"""
    assert ("a" in seen(page, series).gauges) is gauge


@pytest.mark.parametrize("generate", [generate_latest, generate_openmetrics])
def test_what_the_prometheus_client_writes_is_read(generate):
    registry = CollectorRegistry()
    Counter("made", "Made", ["by"], registry=registry).labels('a\u2028\\"\n{}').inc(3)
    Gauge("queue", "Queue", registry=registry).set(float("nan"))
    Summary("took", "Took", registry=registry).observe(0.5)
    page = generate(registry).decode()
    wanted = {"made": "made_total", "queue": "queue", "count": "took_count", "sum": "took_sum"}
    found = read(page, {alias: Selector.parse(text) for alias, text in wanted.items()})
    assert [found.sum(alias) for alias in ("made", "count", "sum")] == [3.0, 1.0, 0.5]
    assert found.gauges == {"queue"}
    assert not found.unreadable
    assert not found.twice


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a b c",
        "a 5",
        "a 0",
        'a{b="c"',
        "{}",
        "# TYPE a counter",
        "a\nb",
        "a{b=c}",
        "my.metric",
        'a b{c="d"}',
    ],
)
def test_what_is_no_series_is_an_error(text):
    with pytest.raises(InvalidFile, match="scrape"):
        Selector.parse(text)


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
QUOTE = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


@given(
    st.dictionaries(NAMES.filter(lambda name: not name.startswith("__")), NAMES, max_size=4),
    st.floats(),
)
def test_any_labels_come_back_as_they_were_written(labels, value):
    """Names in quotes may be any text that is not reserved, and so may values."""
    inside = "".join(
        f',"{name.translate(QUOTE)}"="{text.translate(QUOTE)}"' for name, text in labels.items()
    )
    found = seen(f'{{"it.is"{inside}}} {value!r}\n', '{"it.is"}')
    assert not found.unreadable
    ((labels_read, value_read),) = found.values["a"].items()
    assert dict(labels_read) == labels
    assert value_read == value or math.isnan(value)


@given(st.text(st.sampled_from('a{}",=\\ \t\n#1eN_\r\u2028é'), max_size=120))
def test_any_page_is_read_without_a_crash(page):
    for series in ("a", '{"a"}', 'a{b="1"}'):
        seen(page, series)
        seen(f'a{{a="{page}', series)


@pytest.mark.parametrize(
    "nasty",
    [
        'a{b="' + '\\"' * 30000 + '"} 1',
        "a{" * 30000,
        'a{b="' + "\\" * 60000 + '"} 1',
        "a" + " " * 60000,
    ],
)
def test_a_line_made_to_be_slow_is_not(nasty):
    begun = time.thread_time()
    seen(nasty, "a")
    assert time.thread_time() - begun < 5
