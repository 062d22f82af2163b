"""Connections of a load's lanes as its plan wants them: the protocol, TLS, and what is sent."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence

from loadstone.measure.load.connection import Connection
from loadstone.measure.load.generator import LaneTls, LoadPlan
from loadstone.measure.load.http2_connection import Http2Connection
from loadstone.measure.load.http2_frames import END_HEADERS, END_STREAM, HEADERS
from loadstone.measure.load.http2_headers import AnswerHeads, request_block
from loadstone.measure.load.lane import Lane
from loadstone.measure.load.load_request import PreparedTarget, shuffled
from loadstone.measure.load.pool import Pool
from loadstone.measure.load.stream_lane import StreamLane


def connections(
    plan: LoadPlan, pool: Callable[..., Pool]
) -> tuple[Sequence[PreparedTarget], Sequence[Lane]]:
    """The targets, ready to be sent, and the lanes of a plan."""
    targets = shuffled(plan.targets, plan.seed, closes=not plan.keepalive)
    several = plan.protocol == "http2"
    if several:
        for each in targets:
            _prepare(each, secure=bool(plan.tls))
    heads = AnswerHeads()
    make = (lambda owner: Http2Connection(owner, heads)) if several else Connection
    kind: type[Lane] = StreamLane if several else Lane
    name = plan.targets[0].host.rpartition(":")[0] or plan.targets[0].host
    lanes = []
    for number in range(len(plan.lanes)):
        secure = secured(plan.tls[number], plan.protocol) if plan.tls else None
        lanes.append(
            kind(
                plan,
                plan.lanes[number],
                pool,
                keepalive=plan.keepalive,
                make=make,
                tls=secure,
                name=name,
            )
        )
    return targets, lanes


def secured(tls: LaneTls, protocol: str) -> ssl.SSLContext:
    """The TLS of a lane's connections, whose target is held to a chain up to `ca`, or to nothing.

    Names are not compared: what is asked is 127.0.0.1, and which host's certificate comes is the
    target's to choose.
    """
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    found.check_hostname = False
    found.set_alpn_protocols(["h2"] if protocol == "http2" else ["http/1.1"])
    if tls.ca:
        found.load_verify_locations(tls.ca)
    else:
        found.verify_mode = ssl.CERT_NONE
    return found


def _prepare(target: PreparedTarget, *, secure: bool) -> None:
    """Render a target for HTTP/2."""
    target.block = request_block(target.target, scheme="https" if secure else "http")
    kind = bytes((HEADERS, END_STREAM | END_HEADERS))
    target.frame = len(target.block).to_bytes(3, "big") + kind
