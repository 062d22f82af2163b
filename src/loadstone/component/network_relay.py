"""A network of a component's own, and the relay between it and ours, as a program.

    python -m loadstone.component.network_relay --in 127.0.0.1:8080 --out 127.0.0.1:6443

makes a network namespace in which only loopback is up, and stays in it: whoever is to work there
enters `/proc/PID/ns/net`. What connects to an `--in` address outside is connected to the same
address inside; what connects to an `--out` address inside, to the same address outside. So an
address means the same program on both sides. With `--own 10.0.0.0/8 --answer 8080` all of those
addresses are there too, and a server of ours answers at that port of each. The namespace is gone
when this program is and all who entered it. It prints a line when it is there.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import fcntl
import os
import socket
import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from ipaddress import IPv4Network

import uvloop

from loadstone.component import answering
from loadstone.system import network_namespace

READY = "ready"
_GET_FLAGS, _SET_FLAGS = 0x8913, 0x8914  # SIOCGIFFLAGS, SIOCSIFFLAGS
_UP = 0x1  # IFF_UP
_BACKLOG = 512
_PIECE = 1 << 16  # By

Address = tuple[str, int]


class Namespaces:
    """The network that was there and the new one; sockets belong to the one they are made in."""

    def __init__(self) -> None:
        self._outside = os.open(network_namespace.CURRENT, os.O_RDONLY | os.O_CLOEXEC)

    def leave(self) -> None:
        """Make a network of our own and be in it. Raises `OSError` where that is not allowed."""
        network_namespace.make()
        self._inside = os.open(network_namespace.CURRENT, os.O_RDONLY | os.O_CLOEXEC)
        with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as any_socket:
            name = struct.pack("16sh", b"lo", 0)
            (flags,) = struct.unpack_from("h", fcntl.ioctl(any_socket, _GET_FLAGS, name), 16)
            fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh", b"lo", flags | _UP))

    @contextlib.contextmanager
    def outside(self) -> Iterator[None]:
        """In the network that was there; nothing may wait in here."""
        network_namespace.enter(self._outside)
        try:
            yield
        finally:
            network_namespace.enter(self._inside)

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """In the new network, where we are anyway."""
        yield


Within = Callable[[], contextlib.AbstractContextManager[None]]


async def relay(listener: socket.socket, address: Address, within: Within) -> None:
    """Accept for ever, and connect each to `address` in the network that `within` enters."""
    loop = asyncio.get_running_loop()
    running: set[asyncio.Task[None]] = set()
    while True:
        accepted, _ = await loop.sock_accept(listener)
        task = asyncio.create_task(_one(accepted, address, within))
        running.add(task)
        task.add_done_callback(running.discard)


async def _one(accepted: socket.socket, address: Address, within: Within) -> None:
    loop = asyncio.get_running_loop()
    with within():
        other = socket.socket()
    for each in (accepted, other):
        each.setblocking(False)
        each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with accepted, other, contextlib.suppress(OSError):
        await loop.sock_connect(other, address)
        await asyncio.gather(_pass(accepted, other), _pass(other, accepted))


async def _pass(source: socket.socket, sink: socket.socket) -> None:
    """Pass on what comes until its end, and then the end."""
    loop = asyncio.get_running_loop()
    while piece := await loop.sock_recv(source, _PIECE):
        await loop.sock_sendall(sink, piece)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


def listening(address: Address) -> socket.socket:
    """A listening socket, of the network that we are in."""
    listener = socket.create_server(address, backlog=_BACKLOG)
    listener.setblocking(False)
    return listener


async def serve(
    into: Sequence[Address],
    out_of: Sequence[Address],
    owned: Sequence[IPv4Network] = (),
    answered: Sequence[int] = (),
) -> None:
    """Relay and answer until the end of this program."""
    spaces = Namespaces()
    outer = [listening(address) for address in into]
    spaces.leave()
    inner = [listening(address) for address in out_of]
    for network in owned:
        answering.own(network)
    everywhere = [listening(("0.0.0.0", port)) for port in answered]  # noqa: S104 (in there)
    sys.stdout.write(f"{READY}\n")
    sys.stdout.flush()
    await asyncio.gather(
        *(relay(each, to, spaces.inside) for each, to in zip(outer, into, strict=True)),
        *(relay(each, to, spaces.outside) for each, to in zip(inner, out_of, strict=True)),
        *(answering.answer(each) for each in everywhere),
    )


def _address(text: str) -> Address:
    host, _, port = text.rpartition(":")
    return host, int(port)


def main(arguments: Sequence[str]) -> None:
    """Relay what the command line says."""
    parser = argparse.ArgumentParser(prog="network_relay", description="A network of one's own.")
    parser.add_argument("--in", dest="into", action="append", default=[], type=_address)
    parser.add_argument("--out", dest="out_of", action="append", default=[], type=_address)
    parser.add_argument("--own", action="append", default=[], type=IPv4Network)
    parser.add_argument("--answer", action="append", default=[], type=int)
    given = parser.parse_args(arguments)
    uvloop.run(serve(given.into, given.out_of, given.own, given.answer))


if __name__ == "__main__":
    main(sys.argv[1:])
