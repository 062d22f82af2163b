"""Views, pictures and pages of the samples, made once for all tests: drawing takes seconds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from loadstone.model import Record
from loadstone.report import comment, redline
from loadstone.report.comment import Result
from loadstone.report.common.commands import SAVED
from loadstone.report.comparison import build, page
from loadstone.report.comparison.gallery import galleries
from loadstone.report.comparison.view import ComparisonView
from loadstone.report.pictures import Gallery
from loadstone.stats.comparison.latencies import percentiles
from tests.report import samples, searches


@cache
def view(name: str) -> ComparisonView:
    return build.view(samples.get(name))


@cache
def pictures(name: str) -> Sequence[Gallery]:
    return galleries(view(name))


@cache
def whole(name: str) -> str:
    """The page as a user gets it."""
    return page.render(view(name), pictures=pictures(name))


@cache
def text(name: str) -> str:
    """The page without its pictures."""
    return words(samples.get(name))


def words(record: Record) -> str:
    """The page of any record without its pictures, for tests of what it says."""
    return page.render(build.view(record), pictures=())


@cache
def search(name: str) -> str:
    """The page of a search for redlines."""
    return redline.html(searches.get(name))


@cache
def markdown(name: str) -> str:
    return markdown_of(samples.get(name))


def markdown_of(record: Record, *, saved: str = SAVED) -> str:
    """The Markdown report of any record."""
    rows = record.judgement.comparisons if record.judgement else ()
    latencies = percentiles(record.plan.cases, record.runs, rows)
    return comment.markdown(Result(record=record, latencies=latencies), saved=saved)
