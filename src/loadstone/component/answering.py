"""A web server that answers at every address of a network, and says at which one it was reached.

It stands for the pods behind a service proxy: where the proxy led a connection can be seen from
the answer alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import socket
import struct
from ipaddress import IPv4Network

_SET_ADDRESS, _SET_MASK = 0x8916, 0x891C  # SIOCSIFADDR, SIOCSIFNETMASK
_ALIAS = b"lo:1"  # the kernel takes every address of a network on loopback for its own
_LONGEST = 1 << 14  # By of a request's head
_PATIENCE = 5.0  # s


def own(network: IPv4Network) -> None:
    """Make all addresses of a network this machine's own. Raises `OSError`."""
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as any_socket:
        for what, address in (
            (_SET_ADDRESS, network.network_address + 1),
            (_SET_MASK, network.netmask),
        ):
            asked = struct.pack("16sHH4s8x", _ALIAS, socket.AF_INET, 0, address.packed)
            fcntl.ioctl(any_socket, what, asked)


async def answer(listener: socket.socket) -> None:
    """Answer a request of each connection for ever."""
    server = await asyncio.start_server(_one, sock=listener, limit=_LONGEST)
    async with server:
        await server.serve_forever()


async def _one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.closing(writer), contextlib.suppress(OSError, EOFError, ValueError):
        host, port = writer.get_extra_info("sockname")
        async with asyncio.timeout(_PATIENCE):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(_said(f"{host}:{port}"))
            await writer.drain()


def _said(address: str) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nx-upstream: {address}\r\nconnection: close\r\ncontent-length: 0"
    return f"{head}\r\n\r\n".encode()
