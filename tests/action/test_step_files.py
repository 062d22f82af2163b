"""Outputs and the summary: values arrive whole, and nothing in one can add another."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.action import step_files


def read(text):
    """The outputs in a file, as the runner reads it."""
    found, lines = {}, text.split("\n")
    while lines:
        line = lines.pop(0)
        if not line:
            continue
        name, _, end = line.partition("<<")
        assert end, f"no output begins with {line!r}"
        value = []
        while (each := lines.pop(0)) != end:
            value.append(each)
        found[name] = "\n".join(value)
    return found


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), st.text(), max_size=4))
def test_every_value_arrives_whole(outputs):
    text = "".join(step_files.output(name, value) for name, value in outputs.items())
    assert read(text) == outputs


def test_a_value_that_holds_the_delimiter_gets_another(tmp_path):
    words = iter(["end", "other"])
    text = step_files.output("a", "x\nend\nverdict=pass", delimiter=lambda: next(words))
    assert read(text) == {"a": "x\nend\nverdict=pass"}


@pytest.mark.parametrize("name", ["", "a b", "a\nb", "a=b", "a<<b"])
def test_a_name_that_could_say_more_is_a_mistake_of_ours(name):
    with pytest.raises(ValueError, match="no name"):
        step_files.output(name, "x")


def test_outputs_and_summary_are_added_to_what_is_there(tmp_path):
    path = tmp_path / "file"
    path.write_text("before\n")
    step_files.add_summary(path, "# One")
    step_files.add_outputs(path, {"a": "b"})
    assert path.read_text().startswith("before\n# One\na<<loadstone_")


def test_without_a_runner_nothing_is_written():
    step_files.add_outputs(None, {"a": "b"})
    step_files.add_summary(None, "x")


@given(st.text(alphabet="ab<>/details`~\n é", max_size=4000), st.integers(600, 3000))
def test_a_summary_never_passes_the_limit(text, limit):
    assert len(step_files.fitted(text, limit).encode()) <= limit


def test_a_summary_that_is_cut_says_so_and_closes_what_it_left_open():
    text = (
        "# Report\n\n<details><summary>a</summary>\n\n```text\n"
        + "row\n" * 1000
        + "```\n</details>\n"
    )
    cut = step_files.fitted(text, 2000)
    assert cut.startswith("# Report")
    assert re.search(r"row\n```\n\n</details>\n\n\n\*Cut here", cut)


def test_a_full_summary_takes_no_more(tmp_path):
    path = tmp_path / "summary"
    path.write_text("x" * step_files.SUMMARY_LIMIT)
    step_files.add_summary(path, "more\n")
    assert path.stat().st_size == step_files.SUMMARY_LIMIT
