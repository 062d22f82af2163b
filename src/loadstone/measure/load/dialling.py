"""Connections of a load's lanes as its plan wants them: the protocol, TLS, and what is sent."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from loadstone.measure.load.connection import Connection
from loadstone.measure.load.generator import LaneTls, LoadPlan, Target
from loadstone.measure.load.grpc_call import PreparedCall, framed
from loadstone.measure.load.grpc_connection import GrpcConnection
from loadstone.measure.load.http2_connection import Http2Connection
from loadstone.measure.load.http2_frames import END_HEADERS, END_STREAM, HEADERS, beginning
from loadstone.measure.load.http2_headers import AnswerHeads, request_block
from loadstone.measure.load.lane import Lane
from loadstone.measure.load.load_request import PreparedTarget, shuffled
from loadstone.measure.load.pool import Pool
from loadstone.measure.load.stream_lane import StreamLane


def connections(
    plan: LoadPlan, pool: Callable[..., Pool]
) -> tuple[Sequence[PreparedTarget], Sequence[Lane]]:
    """The targets, ready to be sent, and the lanes of a plan."""
    targets = shuffled(plan.targets, plan.seed, partial(prepared, plan))
    kind: type[Lane] = Lane if plan.protocol == "http1" else StreamLane
    make = _make(plan)
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
    found.set_alpn_protocols(["http/1.1"] if protocol == "http1" else ["h2"])
    if tls.ca:
        found.load_verify_locations(tls.ca)
    else:
        found.verify_mode = ssl.CERT_NONE
    return found


def _make(plan: LoadPlan) -> Callable[[Any], Any]:
    """What makes a connection for its owner."""
    if plan.protocol == "http1":
        return Connection
    heads = AnswerHeads()
    if plan.protocol == "http2":
        return lambda owner: Http2Connection(owner, heads)
    body = len(framed(plan.message))
    return lambda owner: GrpcConnection(owner, heads, body=body)


def prepared(plan: LoadPlan, target: Target) -> PreparedTarget:
    """A target as the protocol of a plan sends it."""
    scheme = "https" if plan.tls else "http"
    if plan.protocol == "grpc":
        return PreparedCall(target, scheme=scheme, message=plan.message)
    found = PreparedTarget(target, closes=not plan.keepalive)
    if plan.protocol == "http2":
        found.block = request_block(target, scheme=scheme)
        found.frame = beginning(HEADERS, END_STREAM | END_HEADERS, found.block)
    return found
