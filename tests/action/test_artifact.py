"""The artifact: what judging needs comes first, and its limits hold."""

from hypothesis import given
from hypothesis import strategies as st

from loadstone.action.artifact import chosen, emptied, trim

NAMES = st.sampled_from(
    ["session.json", "rounds.jsonl", "record.json", "profiles/a.pb.gz", "report.html", "a:b", "x"]
)


def test_runs_go_before_profiles_and_profiles_before_pictures():
    sizes = {"report.html": 5, "profiles/a": 5, "rounds.jsonl": 5, "session.json": 5}
    assert chosen(sizes).kept == ("session.json", "rounds.jsonl", "profiles/a", "report.html")
    assert chosen(sizes, size_limit=15).left_out == ("report.html",)


def test_names_that_cannot_be_uploaded_are_left_out():
    assert chosen({"a:b": 1, "a\nb": 1, "c": 1}).kept == ("c",)


@given(st.dictionaries(NAMES, st.integers(0, 50)), st.integers(0, 120), st.integers(0, 5))
def test_the_limits_hold_and_nothing_is_lost_unsaid(sizes, size, count):
    content = chosen(sizes, size_limit=size, count_limit=count)
    assert sum(sizes[name] for name in content.kept) <= size
    assert len(content.kept) <= count
    assert {*content.kept} | {*content.left_out} == set(sizes)
    assert not {*content.kept} & {*content.left_out}


def test_links_are_removed_and_not_followed(tmp_path):
    folder, secret = tmp_path / "out", tmp_path / "secret"
    (folder / "profiles").mkdir(parents=True)
    (folder / "empty" / "inner").mkdir(parents=True)
    (folder / "profiles" / "a").write_text("a")
    secret.mkdir()
    (secret / "key").write_text("secret")
    (folder / "record.json").symlink_to(secret / "key")
    (folder / "folder").symlink_to(secret)
    assert trim(folder).kept == ("profiles/a",)
    assert sorted(path.name for path in folder.rglob("*")) == ["a", "profiles"]
    assert (secret / "key").exists()


def test_an_earlier_artifact_is_gone_and_a_link_in_its_place_leads_nowhere(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").write_text("kept")
    (tmp_path / "link").symlink_to(elsewhere)
    (tmp_path / "file").write_text("old")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "old").write_text("old")
    for name in ("link", "file", "folder", "none"):
        assert list(emptied(tmp_path / name).iterdir()) == []
    assert (elsewhere / "kept").exists()


def test_what_judging_needs_of_every_component_comes_before_pictures():
    sizes = {
        "component-1/report.html": 10,
        "component-1/session.json": 10,
        "component-2/rounds.jsonl": 10,
        "component-2/session.json": 10,
        "measured.json": 10,
    }
    found = chosen(sizes, size_limit=40)
    assert found.left_out == ("component-1/report.html",)
    assert found.kept[0] == "measured.json"
