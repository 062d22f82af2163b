"""Signals: a wish to stop is never lost."""

import os
import signal
import subprocess
import sys

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


def test_a_wish_to_stop_that_a_finaliser_loses_is_no_noise_and_not_lost():
    script = (
        "import os, signal\nfrom loadstone import signals\nsignals.listen()\n"
        "class Last:\n    def __del__(self):\n        os.kill(os.getpid(), signal.SIGTERM)\n"
        "        for _ in range(1000): pass\n"
        "Last()\nprint('lost')\n"
        "try: signals.check()\nexcept KeyboardInterrupt: print('found')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["lost", "found"]
    assert done.stderr == ""
