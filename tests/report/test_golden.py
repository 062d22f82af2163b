"""Every text a user reads, as a file to look at."""

from __future__ import annotations

import pytest

from tests.report import golden, samples


@pytest.mark.parametrize("form", golden.FORMS)
@pytest.mark.parametrize("name", golden.NAMES)
def test_a_report_reads_as_agreed(name, form):
    expected = (golden.FOLDER / f"{name}.{form}").read_text(encoding="utf-8")

    assert golden.FORMS[form](samples.get(name)) == expected, (
        "the words changed: if that is meant, run `python -m tests.report.golden`"
    )


@pytest.mark.parametrize("name", golden.TEXTS)
def test_an_explanation_reads_as_agreed(name):
    expected = (golden.FOLDER / name).read_text(encoding="utf-8")

    assert golden.TEXTS[name]() == expected


def test_no_golden_file_is_left_over():
    kept = {path.name for path in golden.FOLDER.iterdir()}

    reports = {f"{name}.{form}" for name in golden.NAMES for form in golden.FORMS}
    assert kept == {*reports, *golden.TEXTS}
