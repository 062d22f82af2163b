"""A profile diff in words: what changed, and what cannot be compared."""

from dataclasses import replace

import pytest

from loadstone.model import ProfilePath
from loadstone.report.common.names import names
from loadstone.report.comparison.profiles import profile_table
from tests.report import rendered, samples

RECORD = samples.get("regression")


def test_functions_without_enough_samples_are_counted():
    (found,) = RECORD.profiles
    note = profile_table(replace(found, thin=1), names(RECORD.plan)).note
    assert note.endswith("; 1 function was sampled too rarely to compare")
    assert "rarely" not in profile_table(replace(found, thin=0), names(RECORD.plan)).note


@pytest.mark.parametrize(
    ("reach", "said"),
    [
        ("touched", " · changed between the revisions"),
        ("calls", " · calls what changed"),
        ("none", " · nothing in its stacks changed"),
        ("", "compress.go:214"),
        ("odd", "compress.go:214"),
    ],
)
def test_a_row_says_what_the_change_did_to_its_function(reach, said):
    (found,) = RECORD.profiles
    made = replace(found, rows=[replace(found.rows[0], reach=reach)])
    assert profile_table(made, names(RECORD.plan)).lines[0].about.endswith(said)


def test_a_row_names_the_commits_that_changed_its_function():
    (found,) = RECORD.profiles
    made = replace(found.rows[0], reach="touched", commits=["0123456789ab", "ba9876543210"])
    about = profile_table(replace(found, rows=[made]), names(RECORD.plan)).lines[0].about
    assert about.endswith("changed between the revisions by 0123456 and ba98765")


def test_a_diff_of_two_toolchains_says_so():
    (found,) = RECORD.profiles
    note = profile_table(replace(found, toolchain="go1.22 → go1.24"), names(RECORD.plan)).note
    assert "built by another toolchain, go1.22 → go1.24" in note


def test_where_the_toolchain_alone_changed_the_words_begin_with_it():
    (found,) = RECORD.profiles
    made = replace(found, toolchain="go1.22 → go1.24", same_code=True)
    table = profile_table(made, names(RECORD.plan))
    assert table.lead.startswith("the toolchain changed, go1.22 → go1.24, and not the code: `")
    assert "toolchain" not in table.note
    assert "toolchain" not in profile_table(replace(made, toolchain=""), names(RECORD.plan)).lead


def test_a_diff_of_nothing_but_rare_functions_has_a_note_and_no_table():
    bare = [replace(each, rows=(), thin=40) for each in RECORD.profiles]
    made = replace(RECORD, profiles=bare)
    for text in (rendered.markdown_of(made), rendered.words(made)):
        _, _, fold = text.partition("<summary>Profile: cpu")
        told, _, _ = fold.partition("</details>")
        assert "40 functions were sampled too rarely to compare" in told
        assert "change per run" not in told


def test_a_row_tells_the_last_callers_of_a_path_that_changed():
    (found,) = RECORD.profiles
    way = ProfilePath(
        callers=["main.main", "a/b.Serve", "c.List", "c.decode"],
        base=1e-6, head=9e-6, delta=8e-6, low=7e-6, high=9e-6,
    )  # fmt: skip
    made = replace(found.rows[0], paths=[way], caller="main.main")
    about = profile_table(replace(found, rows=[made]), names(RECORD.plan)).lines[0].about
    assert "+8.00 µs from … → b.Serve → c.List → c.decode" in about
    assert "main.main" not in about
