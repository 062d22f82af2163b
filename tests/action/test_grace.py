"""The clock of a cancelled step: it ends what does not end by itself, and nothing else."""

import os
import signal
import threading

import pytest

from loadstone.action.grace import granted


def test_without_a_signal_nobody_is_ended():
    left = threading.Event()
    with granted(0.0, leave=lambda _: left.set()):
        pass
    assert not left.wait(0.1)


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_whoever_is_not_done_in_time_is_ended(sign):
    before = signal.signal(sign, lambda *_: None)
    left = threading.Event()
    codes = []

    def leave(code):
        codes.append(code)
        left.set()

    try:
        with granted(0.01, leave=leave):
            os.kill(os.getpid(), sign)
            assert left.wait(30)
    finally:
        signal.signal(sign, before)
    assert codes == [130]


def test_whoever_took_the_signal_before_still_gets_it_each_time():
    got = []
    before = signal.signal(signal.SIGTERM, lambda sign, _: got.append(sign))
    try:
        with granted(60, leave=lambda _: None):
            os.kill(os.getpid(), signal.SIGTERM)
            os.kill(os.getpid(), signal.SIGTERM)
        assert signal.getsignal(signal.SIGTERM) is not before
    finally:
        signal.signal(signal.SIGTERM, before)
    assert got == [signal.SIGTERM, signal.SIGTERM]


def test_who_is_done_in_time_is_not_ended():
    left = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        with granted(0.2, leave=lambda _: left.set()):
            os.kill(os.getpid(), signal.SIGTERM)
        assert not left.wait(0.4)
    finally:
        signal.signal(signal.SIGTERM, before)
