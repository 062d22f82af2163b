"""JUnit XML."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

import pytest

from loadstone.model import Conclusion, Record, Verdict, conclusion
from loadstone.report import comparison
from tests.report import samples


def parsed(name: str) -> Xml.Element:
    return Xml.fromstring(comparison.junit(samples.get(name)))  # noqa: S314  our own text


def rows(record: Record):
    return record.judgement.comparisons if record.judgement else ()


def scaled(record: Record) -> int:
    """Shapes and growth with numbers."""
    if record.judgement is None:
        return 0
    shapes, growth = record.judgement.shapes, record.judgement.growth
    return sum(each.difference is not None for each in shapes) + len(growth)


@pytest.mark.parametrize("name", samples.MAKERS)
def test_it_is_xml_with_a_case_for_each_row_and_each_objective_of_the_head(name):
    record = samples.get(name)
    objectives = record.judgement.objectives if record.judgement else ()
    wanted = len(rows(record)) + sum(item.side == "head" for item in objectives) + scaled(record)
    known = record.judgement and conclusion(record.judgement) is not Conclusion.INVALID
    wanted += not known  # that nothing is known is a test case of its own

    root = parsed(name)

    assert len(list(root.iter("testcase"))) == wanted
    assert int(root.get("tests", "")) == wanted


@pytest.mark.parametrize("name", samples.MAKERS)
def test_only_gated_regressions_and_missed_objectives_fail(name):
    record = samples.get(name)
    judgement = record.judgement
    missed = [
        item
        for item in (judgement.objectives if judgement else ())
        if item.side == "head" and item.verdict == "missed"
    ]
    worse = [row for row in rows(record) if row.verdict is Verdict.REGRESSION and row.metric.gated]

    shapes = judgement.shapes if judgement else ()
    steeper = [each for each in shapes if each.verdict is Verdict.REGRESSION and each.follows]

    root = parsed(name)

    failures = len(worse) + len(missed) + len(steeper)
    assert len(list(root.iter("failure"))) == failures
    assert root.get("failures") == str(failures)


def test_a_sweep_is_a_suite_and_growth_without_a_metric_never_fails():
    root = parsed("sizes")

    (sweep,) = [one for one in root if " over " in one.get("name", "")]
    assert sweep.get("name") == "ingress-config over routes (changes=40)"
    assert sweep.get("failures") == "1"
    grown = [one for one in root.iter("testcase") if one.get("name", "").startswith("growth of")]
    assert len(grown) == 6
    assert not [failure for one in grown for failure in one.iter("failure")]


def test_what_is_inconclusive_or_invalid_is_skipped_with_its_reason():
    open_ones = [row for row in rows(samples.get("invalid")) if row.verdict != Verdict.UNCHANGED]

    skipped = list(parsed("invalid").iter("skipped"))

    assert len(skipped) == len(open_ones)
    assert all(element.get("message") for element in skipped)
