"""Metrics pages in Prometheus' protobuf, in which alone native histograms are shown. Pure.

Messages `io.prometheus.client.MetricFamily`, each after its length; the types are described here,
for no package on the index has them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import google.protobuf.descriptor_pb2
import google.protobuf.descriptor_pool
import google.protobuf.message_factory
from google.protobuf.message import DecodeError
from prometheus_client.samples import BucketSpan, NativeHistogram, Sample

from loadstone.measure.probes.metrics_page import Page, PageScan
from loadstone.measure.probes.selector import Selector

ACCEPT = (
    "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)
_TYPES = ("counter", "gauge", "summary", "unknown", "histogram", "gaugehistogram")
# Message → its fields: name, number, type, and whether there may be many.
_MESSAGES: Mapping[str, Sequence[tuple[str, int, str, bool]]] = {
    "LabelPair": [("name", 1, "string", False), ("value", 2, "string", False)],
    "Value": [("value", 1, "double", False)],
    "Quantile": [("quantile", 1, "double", False), ("value", 2, "double", False)],
    "Summary": [
        ("sample_count", 1, "uint64", False),
        ("sample_sum", 2, "double", False),
        ("quantile", 3, "Quantile", True),
    ],
    "Bucket": [
        ("cumulative_count", 1, "uint64", False),
        ("upper_bound", 2, "double", False),
        ("cumulative_count_float", 4, "double", False),
    ],
    "BucketSpan": [("offset", 1, "sint32", False), ("length", 2, "uint32", False)],
    "Histogram": [
        ("sample_count", 1, "uint64", False),
        ("sample_sum", 2, "double", False),
        ("bucket", 3, "Bucket", True),
        ("sample_count_float", 4, "double", False),
        ("schema", 5, "sint32", False),
        ("zero_threshold", 6, "double", False),
        ("zero_count", 7, "uint64", False),
        ("zero_count_float", 8, "double", False),
        ("negative_span", 9, "BucketSpan", True),
        ("negative_delta", 10, "sint64", True),
        ("positive_span", 12, "BucketSpan", True),
        ("positive_delta", 13, "sint64", True),
    ],
    "Metric": [
        ("label", 1, "LabelPair", True),
        ("gauge", 2, "Value", False),
        ("counter", 3, "Value", False),
        ("summary", 4, "Summary", False),
        ("untyped", 5, "Value", False),
        ("histogram", 7, "Histogram", False),
    ],
    "MetricFamily": [
        ("name", 1, "string", False),
        ("type", 3, "int32", False),
        ("metric", 4, "Metric", True),
    ],
}


class NotProtobuf(ValueError):
    """A page that is no sequence of families."""


def read(body: bytes, selectors: Mapping[str, Selector]) -> Page:
    """Find the series that the selectors name. Raises `NotProtobuf`."""
    scan = PageScan(selectors)
    names = tuple(selector.name for selector in selectors.values())
    try:
        types = {family.name: _take(family, scan, names) for family in _families(body)}
    except (DecodeError, UnicodeDecodeError) as error:
        raise NotProtobuf(str(error)) from error
    return scan.page(types)


def _take(family: Any, scan: PageScan, names: Sequence[str]) -> str:
    """Take the samples of a family where it may be wanted; its type."""
    if any(name.startswith(family.name) for name in names):  # `took` for `took_count`, too
        for metric in family.metric:
            for sample in _samples(family.name, metric):
                scan.take(sample, f"{sample.name}{sample.labels}")
    return _TYPES[family.type] if family.type in range(len(_TYPES)) else "unknown"


def _families(body: bytes) -> Iterator[Any]:
    place, kind = 0, _kind()
    while place < len(body):
        length, place = _length(body, place)
        if length > len(body) - place:
            raise NotProtobuf("it ends in the middle")
        family = kind()
        family.ParseFromString(body[place : place + length])
        if not family.name:
            raise NotProtobuf("a family without a name")
        yield family
        place += length


def _length(body: bytes, place: int) -> tuple[int, int]:
    """A length as protobuf writes it, and where it ends."""
    value = 0
    for shift in range(0, 64, 7):
        if place >= len(body):
            break
        byte, place = body[place], place + 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
    raise NotProtobuf("a length that is none")


def _samples(name: str, metric: Any) -> Iterator[Sample]:
    """The samples that the text format would show, and native histograms with their count."""
    labels = {pair.name: pair.value for pair in metric.label}
    for field in ("gauge", "counter", "untyped"):
        if metric.HasField(field):
            yield Sample(name, labels, getattr(metric, field).value)
    if metric.HasField("summary"):
        summary = metric.summary
        yield Sample(f"{name}_count", labels, summary.sample_count)
        yield Sample(f"{name}_sum", labels, summary.sample_sum)
        for each in summary.quantile:
            yield Sample(name, {**labels, "quantile": f"{each.quantile:g}"}, each.value)
    if metric.HasField("histogram"):
        yield from _of_histogram(name, labels, metric.histogram)


def _of_histogram(name: str, labels: dict[str, str], histogram: Any) -> Iterator[Sample]:
    count = histogram.sample_count_float or histogram.sample_count
    native = _native(histogram, count) if histogram.HasField("schema") else None
    yield Sample(f"{name}_count", labels, count, native_histogram=native)
    yield Sample(f"{name}_sum", labels, histogram.sample_sum)
    last = None
    for bucket in histogram.bucket:
        last = bucket.upper_bound
        up_to = bucket.cumulative_count_float or bucket.cumulative_count
        yield Sample(f"{name}_bucket", {**labels, "le": _bound(last)}, up_to)
    if last is not None and last != math.inf:
        yield Sample(f"{name}_bucket", {**labels, "le": "+Inf"}, count)


def _native(histogram: Any, count: float) -> NativeHistogram:
    return NativeHistogram(
        count_value=count,
        sum_value=histogram.sample_sum,
        schema=histogram.schema,
        zero_threshold=histogram.zero_threshold,
        zero_count=histogram.zero_count_float or histogram.zero_count,
        pos_spans=[BucketSpan(each.offset, each.length) for each in histogram.positive_span],
        neg_spans=[BucketSpan(each.offset, each.length) for each in histogram.negative_span],
        pos_deltas=list(histogram.positive_delta),
        neg_deltas=list(histogram.negative_delta),
    )


def _bound(value: float) -> str:
    return "+Inf" if value == math.inf else repr(value)


@cache
def _kind() -> Any:
    """The class of messages `MetricFamily`."""
    protobuf: Any = google.protobuf  # its types are partly made at run time
    file = protobuf.descriptor_pb2.FileDescriptorProto(
        name="loadstone/metrics.proto", package="loadstone.metrics", syntax="proto2"
    )
    types = protobuf.descriptor_pb2.FieldDescriptorProto
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, number, kind, many in fields:
            label = types.LABEL_REPEATED if many else types.LABEL_OPTIONAL
            made = message.field.add(name=field, number=number, label=label)
            if kind in _MESSAGES:
                made.type, made.type_name = types.TYPE_MESSAGE, f".{file.package}.{kind}"
            else:
                made.type = types.Type.Value(f"TYPE_{kind.upper()}")
    pool = protobuf.descriptor_pool.DescriptorPool()
    pool.Add(file)
    found = pool.FindMessageTypeByName(f"{file.package}.MetricFamily")
    return protobuf.message_factory.GetMessageClass(found)
