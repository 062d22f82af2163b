"""JUnit XML."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

import pytest

from loadstone import report
from loadstone.model import Record, Verdict
from tests.report import samples


def parsed(name: str) -> Xml.Element:
    return Xml.fromstring(report.junit(samples.get(name)))  # noqa: S314  our own text


def rows(record: Record):
    return record.judgement.comparisons if record.judgement else ()


@pytest.mark.parametrize("name", samples.MAKERS)
def test_it_is_xml_with_a_case_for_each_row_and_each_objective_of_the_head(name):
    record = samples.get(name)
    objectives = record.judgement.objectives if record.judgement else ()
    wanted = len(rows(record)) + sum(item.side == "head" for item in objectives)

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

    root = parsed(name)

    assert len(list(root.iter("failure"))) == len(worse) + len(missed)
    assert root.get("failures") == str(len(worse) + len(missed))


def test_what_is_inconclusive_or_invalid_is_skipped_with_its_reason():
    open_ones = [row for row in rows(samples.get("invalid")) if row.verdict != Verdict.UNCHANGED]

    skipped = list(parsed("invalid").iter("skipped"))

    assert len(skipped) == len(open_ones)
    assert all(element.get("message") for element in skipped)
