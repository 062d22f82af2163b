"""Signals: a wish to stop is never lost."""

import os
import signal

import pytest

from loadstone import signals


@pytest.fixture(autouse=True)
def restored():
    before = {sign: signal.getsignal(sign) for sign in (signal.SIGINT, signal.SIGTERM)}
    yield
    signals.listen()  # forget what this test asked for
    for sign, handler in before.items():
        signal.signal(sign, handler)


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_was_swallowed_is_raised_again_when_asked(sign):
    signals.listen()
    signals.check()
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), sign)
    with pytest.raises(KeyboardInterrupt):
        signals.check()
