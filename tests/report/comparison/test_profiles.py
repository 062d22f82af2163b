"""A profile diff in words: what changed, and what cannot be compared."""

from dataclasses import replace

from loadstone.report import comparison
from loadstone.report.common.names import names
from loadstone.report.comparison.profiles import profile_table
from tests.report import rendered, samples

RECORD = samples.get("regression")


def test_functions_without_enough_samples_are_counted():
    (found,) = RECORD.profiles
    note = profile_table(replace(found, thin=1), names(RECORD.plan)).note
    assert note.endswith("; 1 function was sampled too rarely to compare")
    assert "rarely" not in profile_table(replace(found, thin=0), names(RECORD.plan)).note


def test_a_diff_of_nothing_but_rare_functions_has_a_note_and_no_table():
    bare = [replace(each, rows=(), thin=40) for each in RECORD.profiles]
    made = replace(RECORD, profiles=bare)
    for text in (comparison.markdown(made), rendered.words(made)):
        _, _, fold = text.partition("<summary>Profile: cpu")
        told, _, _ = fold.partition("</details>")
        assert "40 functions were sampled too rarely to compare" in told
        assert "change per run" not in told
