"""The report as JUnit XML, which CI systems show as tests: one per case and metric.

A CI system that reads this file and one that reads the exit code must come to the same. So what
ends a command with another code than 0 and is no row of a case (an invalid session, one that is not
sure enough, a change of all cases together) is a test case of its own, once.
"""

from __future__ import annotations

from xml.etree import ElementTree as Xml

from loadstone.model import Conclusion, Verdict, conclusion
from loadstone.report.common.rows import GrowthRow, ReportRow, ShapeRow
from loadstone.report.comparison import console, detectable
from loadstone.report.comparison.view import ComparisonView, ObjectiveRow

_WHOLE = "loadstone"
_SKIPPED = (Verdict.INCONCLUSIVE, Verdict.INVALID)


def render(view: ComparisonView) -> str:
    """A suite per case: a regression fails, what is inconclusive or invalid is skipped.

    A report that is invalid as a whole, or unsure where certainty was asked for, is one error.

    A regression of a metric that is not gated passes, and says so in its output. A missed
    objective of the head fails; the base's is context and not listed. A sweep over sizes is a suite
    with a test case per exponent.
    """
    rows = [*view.changed, *view.unchanged, *view.inconclusive, *view.invalid]
    root = Xml.Element("testsuites", name=f"loadstone: {view.title}")
    suites: dict[str, Xml.Element] = {}
    for row in rows:
        if row.case:
            _row(_suite(root, suites, row.case), row)
    for item in view.objectives:
        if item.side == "head":
            _objective(_suite(root, suites, item.case), item)
    for shape in view.scaling.shapes:
        sides = f"base {shape.base} {shape.base_range}, head {shape.head} {shape.head_range}"
        _scaled(_suite(root, suites, shape.sweep), shape.sweep, shape.metric, sides, shape)
    for growth in view.scaling.growth:
        if not growth.growth.row:  # what is a metric has its test case already
            name = f"growth of {growth.series}"
            sides = f"base {growth.base_range}, head {growth.head_range}"
            _scaled(_suite(root, suites, growth.case), growth.case, name, sides, growth)
    _whole(root, suites, view)
    for element in (*suites.values(), root):
        _counted(element)
    Xml.indent(root)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"
    )


def _whole(root: Xml.Element, suites: dict[str, Xml.Element], view: ComparisonView) -> None:
    """The end of the report as a test case, where no row tells that it is no pass."""
    judgement = view.record.judgement
    ends = conclusion(judgement)
    told = any(True for _ in root.iter("failure"))
    if ends is Conclusion.PASS or (ends is Conclusion.FAIL and told):
        return
    kind = "failure" if ends is Conclusion.FAIL else "error"
    case = Xml.SubElement(
        _suite(root, suites, _WHOLE), "testcase", classname=_WHOLE, name="the whole report"
    )
    Xml.SubElement(case, kind, message=console.summary_line(view), type=ends.value)


def _suite(root: Xml.Element, suites: dict[str, Xml.Element], case: str) -> Xml.Element:
    if case not in suites:
        suites[case] = Xml.SubElement(root, "testsuite", name=case)
    return suites[case]


def _row(suite: Xml.Element, row: ReportRow) -> None:
    case = Xml.SubElement(suite, "testcase", classname=row.case, name=row.metric)
    told = f"{row.title}: {row.says}, {row.change} (base {row.base}, head {row.head})"
    if row.verdict is Verdict.REGRESSION and row.gated:
        Xml.SubElement(case, "failure", message=told, type=row.verdict.value).text = _more(row)
    elif row.verdict in _SKIPPED:
        Xml.SubElement(case, "skipped", message="; ".join([told, *row.notes, *row.case_notes]))
    else:
        Xml.SubElement(case, "system-out").text = "\n".join([told, _more(row)])


def _scaled(
    suite: Xml.Element, where: str, name: str, sides: str, row: ShapeRow | GrowthRow
) -> None:
    """An exponent or a slope: fails where it explains a regression that gates."""
    case = Xml.SubElement(suite, "testcase", classname=where, name=name)
    told = f"{row.title}: {row.says}, {row.change} ({sides})"
    if row.verdict is Verdict.REGRESSION and row.gated:
        Xml.SubElement(case, "failure", message=told, type=row.verdict.value).text = "\n".join(
            row.notes
        )
    elif row.verdict in _SKIPPED:
        Xml.SubElement(case, "skipped", message="; ".join([told, *row.notes]))
    else:
        Xml.SubElement(case, "system-out").text = "\n".join([told, *row.notes])


def _more(row: ReportRow) -> str:
    seen = detectable.sentence(row.comparison)
    facts = (f"margin {row.margin}", row.better, seen, *row.notes, *row.case_notes)
    return "\n".join(fact for fact in facts if fact)


def _objective(suite: Xml.Element, item: ObjectiveRow) -> None:
    name = f"{item.metric} {item.bound}"
    case = Xml.SubElement(suite, "testcase", classname=item.case, name=name)
    told = f"{item.title} is {item.value}, to be {item.bound}: {item.says}"
    if item.says == "missed":
        Xml.SubElement(case, "failure", message=told, type="objective")
    elif item.says == "met":
        Xml.SubElement(case, "system-out").text = told
    else:
        Xml.SubElement(case, "skipped", message=told)


def _counted(element: Xml.Element) -> None:
    tags = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}
    for name, tag in tags.items():
        element.set(name, str(sum(1 for _ in element.iter(tag))))
