from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from loadstone.github.hidden_line import Marker, marked
from loadstone.github.own_comments import OwnComment, bearing, settle

OWN = st.builds(
    lambda number, run: OwnComment(
        id=number,
        body=str(number),
        data={"run": str(run)},
        url="",
        text=marked(Marker(key="k", data={"run": str(run)}), str(number)),
    ),
    st.integers(1, 1000),
    st.integers(0, 5),
)


@given(
    own=st.lists(OWN, min_size=1, max_size=6, unique_by=lambda one: one.id),
    run=st.integers(0, 5),
)
def test_the_oldest_stays_and_says_the_newest_whatever_is_there(own, run):
    decided = settle(own, Marker(key="k", data={"run": str(run)}), "wanted")
    newest = max([*(one.data["run"] for one in own), str(run)], key=int)
    assert decided.keep.id == min(one.id for one in own)
    assert len(decided.remove) == len(own) - 1
    assert f"run={newest} " in decided.text
    assert decided.superseded == (int(newest) > run)


@given(
    comment=st.dictionaries(
        st.sampled_from(["id", "body", "user", "html_url"]),
        st.none() | st.text(max_size=40) | st.integers() | st.just({"login": "stranger"}),
    )
)
def test_no_comment_of_whatever_shape_bears_a_key_by_chance(comment):
    assert bearing(comment, "k") is None
