"""Signals: a wish to stop is never lost."""

import os
import signal
import subprocess
import sys

import pytest

from loadstone.cli import main
from loadstone.system import signals

SIGNS = (signal.SIGINT, signal.SIGTERM)


@pytest.mark.parametrize("sign", SIGNS)
def test_a_signal_that_was_swallowed_is_raised_again_when_asked(sign):
    with signals.listening():
        signals.check()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), sign)
        with pytest.raises(KeyboardInterrupt):
            signals.check()
    signals.check()


def test_a_program_gets_its_handlers_and_its_hook_back():
    def taken():
        return [sys.unraisablehook, *(signal.getsignal(sign) for sign in SIGNS)]

    before = taken()
    with signals.listening():
        assert all(mine != theirs for mine, theirs in zip(taken(), before, strict=True))
    assert taken() == before


def test_a_command_in_this_process_leaves_the_hook_of_its_caller():
    before = sys.unraisablehook
    with pytest.raises(SystemExit):
        main(["--version"])
    assert sys.unraisablehook is before


def test_what_else_cannot_be_raised_is_told_to_whoever_listened_before():
    class Leak:
        def __del__(self):
            raise ValueError("leaked")

    before, told = sys.unraisablehook, []
    sys.unraisablehook = lambda lost: told.append(str(lost.exc_value))
    try:
        with signals.listening():
            Leak()
    finally:
        sys.unraisablehook = before
    assert told == ["leaked"]


def test_a_wish_to_stop_that_a_finaliser_loses_is_no_noise_and_not_lost():
    script = (
        "import os, signal\nfrom loadstone.system import signals\nasked = signals.listening()\n"
        "asked.__enter__()\n"
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
