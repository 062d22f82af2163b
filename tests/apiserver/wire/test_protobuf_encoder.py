"""Whatever is written in protobuf is read back as it was, for every type of the table."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone.apiserver.types import messages
from loadstone.apiserver.wire import protobuf_decoder, protobuf_encoder

WORDS = st.text(min_size=1, max_size=8)
SEEN = st.integers(min_value=1, max_value=2**31 - 1)
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
LEAVES: dict[str, st.SearchStrategy[Any]] = {
    "string": WORDS,
    "bool": st.just(True),
    "int32": SEEN | SEEN.map(lambda number: -number),
    "int64": st.integers(min_value=1, max_value=2**63 - 1) | st.integers(-(2**63), -1),
    "double": st.floats(min_value=0.5, max_value=1e6),
    "bytes": st.sampled_from(["aGk=", "/wA=", "AAAA"]),
    "quantity": st.sampled_from(["100m", "1Gi", "2"]),
    "intstr": st.integers(-(2**31), 2**31 - 1) | WORDS,
    "time": MOMENTS.map(lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%SZ")),
    "microtime": MOMENTS.map(lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")),
    "raw": st.dictionaries(WORDS, st.integers(0, 9), min_size=1, max_size=2),
    "items": st.lists(WORDS, min_size=1, max_size=2),
    "schemaorbool": st.booleans() | st.just({"type": "string"}),
    "schemaorarray": st.just({"type": "string"}) | st.just([{"type": "string"}, {"title": "t"}]),
    "schemaorstrings": st.just({"type": "string"}) | st.just(["a", "b"]),
}


def documents(name: str, depth: int = 3) -> st.SearchStrategy[dict[str, Any]]:
    """Objects of a type with some of its fields, none of them zero."""
    optional = {
        field: later(known.kind, depth - 1)
        for field, known in messages.by_name(name).items()
        if depth > 0 or known.kind.lstrip("[]{}") in LEAVES
    }
    return st.fixed_dictionaries({}, optional=optional)


def later(kind: str, depth: int) -> st.SearchStrategy[Any]:
    return st.deferred(lambda: values(kind, depth))


def values(kind: str, depth: int) -> st.SearchStrategy[Any]:
    if kind.startswith("[]"):
        return st.lists(values(kind[2:], depth), min_size=1, max_size=2)
    if kind.startswith("{}"):
        return st.dictionaries(WORDS, values(kind[2:], depth), min_size=1, max_size=2)
    return LEAVES[kind] if kind in LEAVES else documents(kind, depth)


KINDS = [
    *("core.v1.Pod", "apps.v1.Deployment", "core.v1.Node", "meta.v1.ObjectMeta", "meta.v1.Status"),
    *("apiextensions.v1.CustomResourceDefinition", "certificates.v1.CertificateSigningRequest"),
    *("resource.v1.ResourceClaim", "autoscaling.v2.HorizontalPodAutoscaler", "events.v1.Event"),
    *("flowcontrol.v1.FlowSchema", "networking.v1.Ingress", "core.v1.PersistentVolume"),
]


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_what_is_written_is_read_back(name: str, data: st.DataObject) -> None:
    document = data.draw(documents(name))
    again = protobuf_decoder._message(protobuf_encoder.message(name, document), name)
    assert bare(again) == bare(document)


def bare(found: Any) -> Any:
    """Without objects in which nothing is: an inlined one is written where it says something."""
    if isinstance(found, dict):
        return {key: bare(value) for key, value in found.items()}
    return [bare(item) for item in found] if isinstance(found, list) else found


def test_every_type_can_be_written() -> None:
    for name in messages.table().types:
        assert protobuf_encoder.message(name, {}) == b""
        protobuf_encoder._plan(name)


@pytest.mark.parametrize("kind", ["Pod", "Deployment", "Lease"])
def test_null_is_not_written(kind: str) -> None:
    del kind
    assert protobuf_encoder.message("meta.v1.ObjectMeta", {"creationTimestamp": None}) == b""
