"""Protobuf bodies: read whole, or refused."""

from __future__ import annotations

import pytest

from loadstone.apiserver.machinery.status import ApiError
from loadstone.apiserver.wire import protobuf_decoder


def field(number: int, value: bytes | str | int) -> bytes:
    """A field as protobuf writes it (numbers and lengths below 16384)."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def body(api_version: str, kind: str, raw: bytes) -> bytes:
    type_meta = field(1, api_version) + field(2, kind)
    return b"k8s\0" + field(1, type_meta) + field(2, raw) + field(3, "") + field(4, "")


def entry(key: str, value: bytes | str) -> bytes:
    return field(1, key) + field(2, value)


def test_an_object_is_read_with_maps_lists_moments_and_pointers() -> None:
    metadata = (
        field(1, "web")
        + field(2, "")  # always written, and says nothing
        + field(8, b"")  # no moment
        + field(9, field(1, 1_000_000_000))
        + field(11, entry("app", "web"))
        + field(11, entry("tier", "x"))
        + field(14, "one")
        + field(14, "two")
    )
    spec = field(1, 0) + field(5, 0) + field(4, field(2, field(1, field(1, 1) + field(3, "25%"))))
    found = protobuf_decoder.decode(
        body("apps/v1", "Deployment", field(1, metadata) + field(2, spec))
    )
    assert found == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": "web",
            "deletionTimestamp": "2001-09-09T01:46:40Z",
            "labels": {"app": "web", "tier": "x"},
            "finalizers": ["one", "two"],
        },
        "spec": {"replicas": 0, "strategy": {"rollingUpdate": {"maxUnavailable": "25%"}}},
    }


def test_secrets_are_base64() -> None:
    raw = field(1, field(1, "a")) + field(2, entry("p", b"\xff\x00")) + field(3, "Opaque")
    assert protobuf_decoder.decode(body("v1", "Secret", raw))["data"] == {"p": "/wA="}


def test_fields_that_json_has_in_the_type_itself_are_lifted() -> None:
    rule = field(1, "a.example") + field(2, field(1, field(1, field(1, "/x"))))
    raw = field(2, field(3, rule))
    spec = protobuf_decoder.decode(body("networking.k8s.io/v1", "Ingress", raw))["spec"]
    assert spec == {"rules": [{"host": "a.example", "http": {"paths": [{"path": "/x"}]}}]}


def test_a_field_of_a_newer_api_is_skipped() -> None:
    raw = field(1, field(1, "a")) + field(77, "x")
    assert protobuf_decoder.decode(body("v1", "ConfigMap", raw))["metadata"] == {"name": "a"}


def test_a_kind_without_protobuf_is_refused() -> None:
    with pytest.raises(ApiError) as refused:
        protobuf_decoder.decode(body("example.com/v1", "Gadget", b""))
    assert refused.value.code == 415


@pytest.mark.parametrize("data", [b"", b"{}", b"k8s\0", b"k8s\0\xff\xff\xff", body("v1", "", b"")])
def test_what_is_no_such_body_is_a_bad_request(data: bytes) -> None:
    with pytest.raises(ApiError) as refused:
        protobuf_decoder.decode(data)
    assert refused.value.code == 400
