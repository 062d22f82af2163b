"""The log of a step: no word of a stranger is obeyed, whatever is printed and by whom."""

import io
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.action.log import StepLog
from loadstone.model.bot import Annotation
from tests.action.runner_rules import KNOWN, obeyed
from tests.action.test_workflow_commands import HOSTILE

COMMANDS = st.one_of(
    HOSTILE,
    st.sampled_from(sorted(KNOWN)).map(lambda name: f"::{name}::x\n##[{name}]y\r::{name} a=b::z"),
)


def began():
    stream = io.StringIO()
    log = StepLog(stream)
    log.begin()
    return log, stream


@given(st.lists(COMMANDS))
def test_what_is_printed_between_begin_and_end_is_never_obeyed(texts):
    log, stream = began()
    for text in texts:
        log.print(text)
    log.end()
    assert obeyed(stream.getvalue()) == []


@given(COMMANDS, COMMANDS, HOSTILE)
def test_what_we_mean_is_obeyed_between_words_that_are_not(before, after, message):
    log, stream = began()
    log.print(before)
    log.annotate([Annotation(level="error", path="a.go", line=1, title="", message=message)])
    log.print(after)
    log.end()
    (command,) = obeyed(stream.getvalue())
    assert (command.name, command.data) == ("error", message)


@given(COMMANDS)
def test_a_log_that_ends_in_a_crash_is_not_obeyed_either(text):
    _, stream = began()
    stream.write(f"Traceback: {text}\n{text}")
    assert obeyed(stream.getvalue()) == []


def test_each_line_of_a_secret_is_hidden():
    log, stream = began()
    log.mask("one\n\ntwo\n")
    assert [(each.name, each.data) for each in obeyed(stream.getvalue())] == [
        ("add-mask", "one"),
        ("add-mask", "two"),
    ]


def test_tokens_are_never_used_twice():
    log, stream = began()
    log.mask("a")
    log.mask("b")
    lines = stream.getvalue().splitlines()
    tokens = [line.rpartition("::")[2] for line in lines if line.startswith("::stop-commands")]
    assert len(set(tokens)) == len(tokens) == 3
    assert all(len(token) == 48 for token in tokens)


def test_commands_before_the_beginning_are_a_mistake_of_ours():
    with pytest.raises(ValueError, match="between"):
        StepLog(io.StringIO()).obeyed("::error::x")


def test_errors_of_the_process_and_of_its_children_are_in_the_log_in_their_order():
    script = (
        "import subprocess, sys\n"
        "from loadstone.action.log import guarded\n"
        "with guarded() as log:\n"
        "    print('::error::stderr', file=sys.stderr)\n"
        "    sys.stderr.flush()\n"
        "    log.print('::error::stdout')\n"
        "    subprocess.run(['sh', '-c', 'echo ::error::child; echo ::error::child >&2'])\n"
        "    raise SystemExit(1)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.stdout.count("::error::") == 4
    assert obeyed(done.stdout) == []
