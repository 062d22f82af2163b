"""The one comment of a pull request: its marker, a section for each component, within its limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from loadstone.model.bot import (
    BISECTION,
    CommentSection,
    CommentState,
    SectionState,
    VerdictState,
)
from loadstone.report.comment.fit import Measure, fitted
from loadstone.report.comment.links import link, small
from loadstone.report.comment.metric_rows import NAME
from loadstone.report.comment.parts import SectionText, joined
from loadstone.report.comment.result import Result
from loadstone.report.comment.section import Place
from loadstone.report.comment.section_context import SectionContext, said
from loadstone.report.comment.share import OPEN, shares
from loadstone.report.comment.states import of_state
from loadstone.report.common import units
from loadstone.report.common.escape import Safe, text
from loadstone.report.common.markdown import MOST, tidy
from loadstone.report.common.plain import plain

_RESERVED = 1000  # characters for what is said of parts that are left out
_LEAST = 2  # open rows of a component
_NOTES = 4  # of the whole comment
_NAMED = 5  # components in the title


@dataclass(frozen=True, kw_only=True)
class Room:
    """How long a text may be, and how its length is measured."""

    most: int = MOST
    measure: Measure = len


def pull_request(
    state: CommentState,
    results: Mapping[str, Result],
    *,
    asked_by: str = "",
    run_url: str = "",
    report_url: str = "",
    most: int = MOST,
) -> str:
    """The comment in this state; `results`: the last one of each component that has any.

    `asked_by`: who asked for what is queued; `run_url` and `report_url`: pages of the platform that
    the comment links to, "" for none. At most `most` characters, whatever it is of: what the limit
    leaves below the marker, which is not a part of it.
    """
    return written(
        state, results, room=Room(most=most), links=_links(run_url, report_url), asked_by=asked_by
    )


def written(
    state: CommentState,
    results: Mapping[str, Result],
    *,
    room: Room,
    links: Safe,
    asked_by: str = "",
    slash: bool = True,
) -> str:
    """The body of the comment, in a room of any size."""
    places = _places(state.sections)
    sections = [
        of_state(
            SectionContext(
                of=each,
                result=results.get(each.component),
                place=Place(rows=rows, slash=slash),
                asked_by=asked_by,
            )
        )
        for each, rows in zip(state.sections, places, strict=True)
    ]
    sections.sort(key=lambda each: each.rank)
    notes = [Safe(f"> {said(note)}") for note in state.notes[:_NOTES]]
    if len(sections) == 1:
        only = sections[0]
        sections = [replace(only, lead=joined([only.lead, *notes]))]
        return composed(sections, top=Safe(), room=room, links=links)
    measured = [each for each in state.sections if not each.component.endswith(BISECTION)]
    title = _title(measured) if len(measured) > 1 else Safe()
    return composed(sections, top=joined([title, *notes]), room=room, links=links, title=title)


def composed(
    sections: Sequence[SectionText],
    *,
    top: Safe,
    room: Room,
    links: Safe,
    title: Safe | None = None,
) -> str:
    """Sections under a top, with the links below them and a word on what is left out.

    `title`: the one over all sections, where there are several; "" for none.
    """
    used = room.measure(top) + room.measure(links) + _RESERVED
    level = 4 if len(sections) > 1 and title != "" else 3
    fit = fitted(sections, room.most - used, level=level, measure=room.measure)
    return tidy(joined([top, fit.text, left_out(fit.left_out, links), links]))


def left_out(names: Sequence[str], links: Safe) -> Safe:
    """What has no room here."""
    if not names:
        return Safe()
    where = " The whole report has all of it." if links else ""
    return Safe(f"Shortened or left out for want of room: {text(', '.join(names))}.{where}")


def _links(run_url: str, report_url: str) -> Safe:
    return small(link("The whole report", report_url), link("the run that measured it", run_url))


def _places(sections: Sequence[CommentSection]) -> list[int]:
    """The open rows of each component: those with an alarm first."""
    order = sorted(range(len(sections)), key=lambda at: not _alarm(sections[at].state))
    wanted = [OPEN if _alarm(sections[at].state) else _LEAST for at in order]
    if len(sections) == 1:
        wanted = [OPEN]
    rows = shares(wanted, [_LEAST] * len(order))
    return [rows[order.index(at)] for at in range(len(sections))]


def _alarm(state: SectionState) -> bool:
    return isinstance(state, VerdictState) and state.alarm


def _title(of: Sequence[CommentSection]) -> Safe:
    """A title over several components."""
    alarms = [plain(each.component, most=NAME) for each in of if _alarm(each.state)]
    if not alarms:
        number = units.count(len(of), "component")
        return Safe(f"### ⚪ {text(number)}, and no alarm in any")
    names = ", ".join(alarms[:_NAMED]) + (
        f" and {len(alarms) - _NAMED} more" if len(alarms) > _NAMED else ""
    )
    rest = len(of) - len(alarms)
    others = f"; {units.count(rest, 'other component')} without an alarm" if rest else ""
    return Safe(f"### 🔴 {text(f'Look at {names}{others}')}")
