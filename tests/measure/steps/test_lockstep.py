"""What one side of a pair does, the other does at the same moment, until one breaks off."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import closing

import pytest

from loadstone.errors import ComponentFailed, MeasurementFailed
from loadstone.measure.steps.lockstep import Lockstep, PartnerGone, SidesFailed


@pytest.fixture(params=[1, 2], ids=["solo", "mixed"])
def sides(request):
    return request.param


@pytest.fixture
def lockstep(sides):
    with closing(Lockstep(sides)) as made:
        yield made


@pytest.fixture
def pair():
    with closing(Lockstep(2)) as made:
        yield made


def test_what_came_of_it_is_in_the_order_of_the_sides(lockstep, sides):
    def do(side):
        time.sleep(0.02 * (1 - side))
        return side

    assert lockstep.each(do) == [*range(sides)]


def test_both_sides_act_at_once(pair):
    both = threading.Barrier(2)
    pair.each(lambda _: both.wait(10))  # ends only when both are in it


def test_sides_meet_as_often_as_they_like(lockstep, sides):
    seen = []

    def do(side):
        for turn in range(20):
            lockstep.meet()
            seen.append((turn, side))

    lockstep.each(do)
    turns = [turn for turn, _ in seen]
    assert turns == sorted(turns)
    assert len(seen) == 20 * sides


def test_a_failure_is_blamed_on_the_side_that_failed(lockstep, sides):
    last = sides - 1

    def do(side):
        if side == last:
            raise ComponentFailed("it fell over")
        while True:
            lockstep.check()
            time.sleep(0.001)

    with pytest.raises(SidesFailed) as caught:
        lockstep.each(do)
    assert {side: error.message for side, error in caught.value.errors.items()} == {
        last: "it fell over"
    }


def test_a_side_that_waits_for_the_other_is_told_that_it_has_gone(pair):
    said = []

    def do(side):
        if side == 0:
            raise MeasurementFailed("gone")
        try:
            pair.meet()
        except PartnerGone as error:
            said.append(str(error))
            raise

    with pytest.raises(SidesFailed) as caught:
        pair.each(do)
    assert [*caught.value.errors] == [0]
    assert said == ["the other side has broken off"]


def test_both_sides_may_fail_for_reasons_of_their_own(pair):
    both = threading.Barrier(2)

    def do(side):
        both.wait(10)
        raise MeasurementFailed(f"side {side}")

    with pytest.raises(SidesFailed) as caught:
        pair.each(do)
    assert {side: error.message for side, error in caught.value.errors.items()} == {
        0: "side 0",
        1: "side 1",
    }


def test_a_defect_is_not_taken_for_a_failure_of_the_component(lockstep):
    def do(_):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        lockstep.each(do)


@pytest.fixture
def interruptible():
    """Ctrl-C raises, also where whoever started the tests has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_stops_both_sides(pair):
    begun = threading.Semaphore(0)
    ended = []

    def do(side):
        begun.release()
        try:
            while True:
                pair.check()
                time.sleep(0.001)
        finally:
            ended.append(side)

    def interrupt():
        for _ in range(2):
            begun.acquire(timeout=10)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        pair.each(do)
    assert sorted(ended) == [0, 1]


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_that_the_kernel_hands_to_a_side_stops_both_as_well(pair):
    ended = []

    def do(side):
        try:
            if side == 1:
                time.sleep(0.1)  # whoever started both waits for them by now
                signal.pthread_kill(threading.get_ident(), signal.SIGINT)
            while True:
                pair.check()
                time.sleep(0.001)
        finally:
            ended.append(side)

    with pytest.raises(KeyboardInterrupt):
        pair.each(do)
    assert sorted(ended) == [0, 1]


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_while_sides_begin_leaves_none_behind():
    acting = []

    def do(side):
        acting.append(side)
        try:
            if side == 0:
                os.kill(os.getpid(), signal.SIGINT)
            while True:
                two.check()
                time.sleep(0.001)
        finally:
            acting.remove(side)

    for _ in range(20):
        with closing(Lockstep(2)) as two, pytest.raises(KeyboardInterrupt):
            two.each(do)
        assert acting == []
