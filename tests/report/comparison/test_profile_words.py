"""Where metrics changed by what profiles say, and of which no profile says it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from loadstone.report.common.rows import ReportRow
from loadstone.report.comparison import build
from loadstone.report.comparison.profile_words import where
from tests.report import rendered, samples

RECORD = samples.get("regression")
(DIFF,) = RECORD.profiles
VIEW = build.view(RECORD)
(TABLE,) = VIEW.profiles


def of(kind: str, case: str = DIFF.case, *, growth: bool = False, said: str = "`a.b`: +1"):
    """A profile of a kind in which a function changed."""
    diff = replace(DIFF, kind=kind, metric="", case=case, growth=growth)
    return replace(TABLE, kind=kind, short="c", lead=said, diff=diff)


def changed(name: str, unit: str, case: str = DIFF.case) -> ReportRow:
    row = VIEW.changed[0]
    metric = replace(row.comparison.metric, name=name, unit=unit, title="")
    return replace(row, comparison=replace(row.comparison, metric=metric, case=case))


@pytest.mark.parametrize(
    ("name", "unit", "kind"),
    [
        ("heap_inuse", "By", "heap"),
        ("memory_peak", "By", "heap"),
        ("goroutines", "1", "goroutine"),
        ("allocated_bytes", "By", "allocs"),
        ("cpu_seconds", "s", "cpu"),
    ],
)
def test_a_metric_is_told_by_the_profile_that_shows_it(name, unit, kind):
    tables = [of(each) for each in ("mutex", "cpu", "allocs", "heap", "goroutine")]
    assert where(tables, [changed(name, unit)]) == (f"{name} ({kind} profile of `c`): `a.b`: +1",)


def test_metrics_of_one_profile_share_its_line_and_the_others_are_said_to_be_unexplained():
    rows = [changed("heap_inuse", "By"), changed("reloads", "1"), changed("rss_peak", "By")]
    assert where([of("heap")], [*rows, changed("goroutines", "1")]) == (
        "heap_inuse and rss_peak (heap profile of `c`): `a.b`: +1",
        "no profile tells why these changed: reloads, goroutines",
    )


def test_what_grows_is_told_by_what_came_in_the_window():
    held, grew = of("heap", said="held"), of("heap", growth=True, said="grew")
    (line,) = where([held, grew], [changed("growth of memory", "By/s")])
    assert line.endswith("grew")
    (line,) = where([held], [changed("growth of memory", "By/s")])
    assert line.startswith("no profile tells")
    (line,) = where([grew, held], [changed("heap_inuse", "By")])
    assert line.endswith("held")


def test_a_profile_of_another_case_tells_nothing_of_a_metric():
    row = changed("heap_inuse", "By", case="another")
    (line,) = where([of("heap")], [row])
    assert line.startswith("no profile tells")
    overall = changed("heap_inuse", "By", case="")  # over all cases that have the metric
    assert where([of("heap")], [overall, row]) == (line,)
    (line,) = where([of("heap")], [overall])
    assert line.startswith("heap_inuse (heap profile")


def test_a_profile_in_which_nothing_changed_explains_nothing():
    calm = replace(of("heap"), lines=[replace(line, moved=False) for line in TABLE.lines])
    assert where([calm], [changed("heap_inuse", "By")]) == (
        "no profile tells why these changed: heap_inuse",
    )


def test_a_function_that_went_the_other_way_explains_nothing():
    row = changed("heap_inuse", "By")
    (line,) = where([replace(of("heap"), way=-of("heap").way)], [row])
    assert line.startswith("no profile tells")


def test_what_is_shown_already_is_not_said_again():
    heap = of("heap")
    assert where([heap], [changed("heap_inuse", "By")], heap) == ()


def test_without_profiles_nothing_is_said_of_them():
    assert where([], [changed("heap_inuse", "By")]) == ()


def test_only_so_many_metrics_are_named():
    rows = [changed(f"m{number}", "1") for number in range(11)]
    (line,) = where([of("heap")], rows)
    assert line.endswith("m6, m7 and 3 more")
    told = [changed(f"cpu{number}", "s") for number in range(11)]
    (line,) = where([of("cpu")], told)
    assert "cpu7 and 3 more (cpu profile" in line


def test_comment_and_page_have_it():
    said = "no profile tells why these changed: p99 latency, peak RSS"
    assert said in VIEW.where
    for text in (rendered.markdown_of(RECORD), rendered.words(RECORD)):
        assert said in " ".join(text.split())
