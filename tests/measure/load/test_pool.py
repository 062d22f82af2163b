"""Connections are opened for requests that want them, and for nothing else."""

from __future__ import annotations

import asyncio
from typing import Any

from loadstone.measure.load.connection import Connection
from loadstone.measure.load.pool import Pool
from loadstone.measure.upstream import free_ports
from tests.measure.load.scripted import answer, serve


class Owner:
    """Whoever has a pool, and writes down what it is told."""

    def __init__(self, port: int, size: int, **how: Any) -> None:
        self.lost_ones = 0
        self.ready: list[Connection] = []
        self.refused = 0
        self.pool = Pool(
            host="127.0.0.1",
            port=port,
            size=size,
            owner=self,
            refused=self.refuse,
            ready=self.ready.append,
            **how,
        )

    def refuse(self, _why: str) -> None:
        self.refused += 1

    def answered(self, *_: Any) -> None: ...

    def unasked(self) -> None: ...

    def lost(self, connection: Connection, *_: Any) -> None:
        self.lost_ones += 1
        self.pool.open.discard(connection)

    async def settled(self) -> None:
        while self.pool._opening:
            await asyncio.sleep(0.005)


def with_pool(port: int, size: int, act: Any, **how: Any) -> None:
    async def run() -> None:
        owner = Owner(port, size, **how)
        await owner.pool.fill()
        await act(owner)
        owner.pool.close()
        await asyncio.sleep(0)

    asyncio.run(run())


def test_a_pool_is_filled_and_opens_no_more_than_its_size():
    async def act(owner: Owner) -> None:
        assert len(owner.pool.open) == len(owner.ready) == 5
        owner.pool.want(100)
        await owner.settled()
        assert len(owner.pool.open) == 5

    with serve(lambda _: answer()) as scripted:
        with_pool(scripted.port, 5, act)


def test_what_was_lost_comes_back_one_for_each_request_that_wants_it():
    async def act(owner: Owner) -> None:
        scripted.wait_until(lambda: scripted.connected == 5)
        scripted.close_connections()
        while owner.lost_ones < 5:
            await asyncio.sleep(0.005)
        assert owner.pool.empty
        owner.pool.want(2)
        owner.pool.want(2)  # the same two
        assert not owner.pool.empty
        await owner.settled()
        assert len(owner.pool.open) == 2

    with serve(lambda _: answer()) as scripted:
        with_pool(scripted.port, 5, act)
        assert scripted.connected == 7


def test_an_attempt_that_fails_is_told_and_not_repeated():
    (port,) = free_ports(1)

    async def act(owner: Owner) -> None:
        assert owner.refused == 3
        owner.pool.want(1)
        await owner.settled()
        assert owner.refused == 4
        assert owner.pool.empty

    with_pool(port, 3, act)


def test_a_connection_that_agrees_to_nothing_in_time_is_closed():
    made: list[Mute] = []

    class Mute(asyncio.Protocol):
        """A connection that waits for what never comes."""

        def __init__(self, _owner: Owner) -> None:
            self.ready = asyncio.get_running_loop().create_future()
            self.closed = False
            made.append(self)

        def connection_made(self, transport: Any) -> None:
            self.transport = transport

        def close(self) -> None:
            self.closed = True
            self.transport.abort()

    async def act(owner: Owner) -> None:
        assert owner.refused == 1
        assert [each.closed for each in made] == [True]

    with serve(lambda _: answer()) as scripted:
        with_pool(scripted.port, 1, act, make=Mute, patience=0.1)
