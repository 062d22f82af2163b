"""Pages in Prometheus' protobuf: the same series as in text, and native histograms besides."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.measure.probes import protobuf_page
from loadstone.measure.probes.distributions import observed
from loadstone.measure.probes.protobuf_page import NotProtobuf, read
from loadstone.measure.probes.selector import Selector


def varint(number: int) -> bytes:
    parts = bytearray()
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*parts, number])


def field(number: int, data: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(data)) + data


def double(number: int, value: float) -> bytes:
    import struct

    return varint(number << 3 | 1) + struct.pack("<d", value)


def integer(number: int, value: int) -> bytes:
    return varint(number << 3) + varint(value)


def zigzag(value: int) -> int:
    return value << 1 if value >= 0 else (-value << 1) - 1


def label(name: str, value: str) -> bytes:
    return field(1, field(1, name.encode()) + field(2, value.encode()))


def family(name: str, kind: int, *metrics: bytes) -> bytes:
    """A family as it is on the wire, after its length; written here from the format alone."""
    inside = field(1, name.encode()) + field(2, b"Help") + integer(3, kind)
    inside += b"".join(field(4, each) for each in metrics)
    return varint(len(inside)) + inside


def histogram(count: int, total: float, buckets: dict[float, int], native: bytes = b"") -> bytes:
    inside = integer(1, count) + double(2, total)
    inside += b"".join(
        field(3, integer(1, up_to) + double(2, bound)) for bound, up_to in buckets.items()
    )
    return field(7, inside + native)


def native_part(schema: int, spans: list[tuple[int, int]], deltas: list[int]) -> bytes:
    packed = b"".join(varint(zigzag(each)) for each in deltas)
    return (
        integer(5, zigzag(schema))
        + double(6, 1e-9)
        + integer(7, 0)
        + b"".join(
            field(12, integer(1, zigzag(offset)) + integer(2, length)) for offset, length in spans
        )
        + field(13, packed)
    )


def page(body: bytes, **series: str):
    return read(body, {alias: Selector.parse(text) for alias, text in series.items()})


COUNTER = family("made_total", 0, label("by", "a") + field(3, double(1, 4)), field(3, double(1, 2)))


def test_counters_and_gauges_are_read_with_their_labels():
    found = page(
        COUNTER + family("queue", 1, field(2, double(1, -3))), made="made_total", q="queue"
    )
    assert (found.sum("made"), found.sum("q")) == (6, -3)
    assert found.gauges == {"q"}
    assert page(COUNTER, made='made_total{by="a"}').sum("made") == 4


def test_a_summary_is_its_parts():
    quantile = field(3, double(1, 0.5) + double(2, 7.0))
    body = family("took", 2, field(4, integer(1, 3) + double(2, 9.0) + quantile))
    found = page(body, took="took", half='took{quantile="0.5"}', n="took_count")
    assert found.sum("half") == 7
    assert found.sum("n") == 3
    assert set(found.distributions) == {"took"}


def test_a_classic_histogram_has_a_last_bucket_even_where_the_page_leaves_it_out():
    body = family("took", 4, histogram(10, 3.0, {0.1: 4, 0.5: 9}))
    seen = observed([(0.0, page(b"", a="took").distributions.get("a") or _none()),
                     (1.0, page(body, a="took").distributions["a"])])  # fmt: skip
    assert seen is not None
    assert [bucket.count for bucket in seen.buckets] == [4, 5, 1]


def _none():
    from loadstone.measure.probes.metrics_page import PageDistribution

    return PageDistribution()


def test_a_native_histogram_is_read_bucket_by_bucket():
    # Schema 0 has powers of 2: buckets (0.5, 1] with 2, (1, 2] with 3, and (8, 16] with 1.
    native = native_part(0, [(0, 2), (2, 1)], [2, 1, -2])
    body = family("took", 4, histogram(6, 20.0, {}, native))
    seen = observed([(0.0, _none()), (1.0, page(body, a="took").distributions["a"])])
    assert seen is not None
    full = [(each.lower, each.upper, each.count) for each in seen.buckets if each.count]
    assert full == [(0.5, 1.0, 2), (1.0, 2.0, 3), (8.0, 16.0, 1)]


@pytest.mark.parametrize(
    "body",
    [b"# TYPE a counter\na 1\n", b"a 1\n", COUNTER[:-1], b"\xff" * 20, b"\x02\x08\x01",
     varint(10**12) + b"x"],
)  # fmt: skip
def test_what_is_no_protobuf_is_said(body):
    with pytest.raises(NotProtobuf):
        page(body, a="a")


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body):
    for start in (b"", COUNTER):
        with contextlib.suppress(NotProtobuf):
            page(start + body, made="made_total")


def test_protobuf_is_asked_for_before_text():
    assert protobuf_page.ACCEPT.startswith("application/vnd.google.protobuf")
