"""Workflow commands: what is said arrives as it was said, and nothing more is obeyed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.action import workflow_commands
from loadstone.model.bot import Annotation
from tests.action.runner_rules import KNOWN, obeyed

HOSTILE = st.one_of(
    st.text(),
    st.lists(
        st.sampled_from(
            ["::", "\n", "\r", "%", "%0A", ",", ":", "=", "##[error]", "::error::x", " ", "é"]
        )
    ).map("".join),
)


def annotation(**more):
    said = {"level": "warning", "path": "a.go", "line": 3, "title": "t", "message": "m"}
    return Annotation(**{**said, **more})


@given(message=HOSTILE, title=HOSTILE, path=HOSTILE)
def test_an_annotation_is_one_command_whatever_its_words(message, title, path):
    line = workflow_commands.annotation(annotation(message=message, title=title, path=path))
    (command,) = obeyed(line)
    assert command.name == "warning"
    assert command.data == message
    # The last property loses white space at its end: the runner trims what is before the `::`.
    assert command.properties.get("title", "").rstrip() == title.rstrip()
    assert command.properties.get("file", "") == path
    assert command.properties["line"] == "3"


@given(data=HOSTILE, name=st.sampled_from(sorted(KNOWN - {"stop-commands"})))
def test_data_cannot_begin_a_command_of_its_own(data, name):
    (command,) = obeyed(workflow_commands.command(name, data))
    assert (command.name, command.data) == (name, data)


def test_an_annotation_without_a_line_names_none():
    assert workflow_commands.annotation(annotation(line=0)) == "::warning file=a.go,title=t::m"


def test_a_level_that_there_is_not_is_no_command():
    with pytest.raises(ValueError, match="no level"):
        workflow_commands.annotation(annotation(level="set-output"))


def test_what_the_runner_would_drop_is_said_by_the_last_that_it_keeps():
    many = [annotation(message=str(number)) for number in range(14)]
    few = [annotation(level="error", message="one")]
    kept = list(workflow_commands.kept([*many, *few]))
    assert [each.message for each in kept[:9]] == [str(number) for number in range(9)]
    assert kept[9].message == "9\n… and 4 more, in the report"
    assert [each.message for each in kept[10:]] == ["one"]
