from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from loadstone.github import hidden_line
from loadstone.github.hidden_line import LIMIT, Marker

NAMES = st.from_regex(r"[a-z][a-z0-9_-]{0,9}", fullmatch=True).filter(lambda name: name != "key")
KEYS = st.text(min_size=1, max_size=30).filter(lambda text: text.isprintable())
MARKERS = st.builds(
    lambda key, data: Marker(key=key, data=data),
    KEYS,
    st.dictionaries(
        NAMES, st.text(max_size=60).map(lambda t: t.encode("utf-8", "ignore").decode())
    ),
)


@given(mark=MARKERS, body=st.text(max_size=200))
def test_what_a_marker_keeps_comes_back(mark, body):
    text = hidden_line.marked(mark, body)
    assert hidden_line.read(text) == mark
    assert hidden_line.below(text) == body


@given(mark=MARKERS)
def test_nothing_kept_can_end_the_hidden_line(mark):
    line = str(mark)
    assert "\n" not in line
    assert line.count("-->") == 1
    assert line.endswith(" -->")


def test_carriage_returns_of_github_do_not_hide_a_marker():
    found = hidden_line.read("<!-- loadstone:v1 key=k run=5 -->\r\nbody")
    assert found == Marker(key="k", data={"run": "5"})


def test_a_marker_that_is_not_the_first_line_is_none():
    assert hidden_line.read("> <!-- loadstone:v1 key=k -->\n") is None
    assert hidden_line.read("hello\n<!-- loadstone:v1 key=k -->") is None


@given(text=st.text(max_size=100))
def test_any_text_can_be_asked_for_its_marker(text):
    found = hidden_line.read(text)
    assert found is None or found.key


def test_newer_revisions_and_else_newer_runs_and_attempts_come_later():
    data = [{}, {"run": "9"}, {"run": "10", "attempt": "1"}, {"run": "10", "attempt": "2"}]
    data += [{"revision": "1", "run": "99"}, {"revision": "2", "run": "3"}]
    order = [Marker(key="k", data=one).sequence for one in data]
    assert order == sorted(order)
    assert Marker(key="k", data={"run": "²", "attempt": "9" * 5000}).sequence == (0, 0, 0)


@given(
    parts=st.lists(
        st.sampled_from(
            ["word ", "\n", "```\n", "<details>\n", "</details>\n", "| a | b |\n", "ä"]
        ),
        max_size=300,
    ),
    limit=st.integers(100, 400),
)
def test_a_body_that_is_too_long_is_cut_and_says_so(parts, limit):
    body = "".join(parts)
    kept = hidden_line.fitting(body, limit)
    assert len(kept) <= limit
    assert kept == body or kept.endswith(hidden_line.CUT)


def test_a_cut_closes_what_it_would_leave_open():
    body = "first\n<details>\n<summary>more</summary>\n\n" + "row\n" * 100
    assert hidden_line.fitting(body, 200) == f"first\n{hidden_line.CUT}"
    assert hidden_line.fitting("first\n```\n" + "row\n" * 100, 200) == f"first\n{hidden_line.CUT}"


def test_no_comment_is_longer_than_github_takes():
    mark = Marker(key="k", data={"state": "x" * 1000})
    assert len(hidden_line.marked(mark, "€" * 100_000)) <= LIMIT
