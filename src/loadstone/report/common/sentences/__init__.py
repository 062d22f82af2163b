"""A sentence for every note: of a run, a plan, a record, a row or a report.

A note is a code with data; here it gets its words, and several of one kind get one sentence, with
the span of their figures. A code without a sentence, or data that do not fit it, are shown as they
are: a reader is never left without a warning because its words are missing. What an older release
said in words of its own is shown in these.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from loadstone.model import Note
from loadstone.report.common import words
from loadstone.report.common.plain import plain
from loadstone.report.common.sentences import own_words
from loadstone.report.common.sentences.filling import fields, fill, is_number
from loadstone.report.common.sentences.of_artifacts import OF_ARTIFACTS
from loadstone.report.common.sentences.of_plans import OF_PLANS
from loadstone.report.common.sentences.of_pull_requests import OF_PULL_REQUESTS
from loadstone.report.common.sentences.of_records import OF_RECORDS
from loadstone.report.common.sentences.of_reports import OF_REPORTS
from loadstone.report.common.sentences.of_rows import OF_ROWS
from loadstone.report.common.sentences.of_runs import OF_RUNS

TABLES = (
    OF_RUNS,
    OF_PLANS,
    OF_RECORDS,
    OF_ROWS,
    OF_REPORTS,
    OF_PULL_REQUESTS,
    OF_ARTIFACTS,
)
SENTENCES: Mapping[str, tuple[str, ...]] = {
    code: (said,) if isinstance(said, str) else said
    for table in TABLES
    for code, said in table.items()
}
OWN = "text"  # where a note of an older release has its words
INVALID_RUN = "invalid-run"  # a row's note that stands for its `reason`, with the data of that
PROCESS = "process"  # of a component of several, the one that a note is of
_FOREIGN = ("said", "message")  # data that are words of another program: figures in them are not


def sentence(note: Note) -> str:
    """A note as one plain line."""
    return span([note])


def in_full(note: Note) -> str:
    """A note with all that a program printed, for a terminal."""
    return _said([note])


def span(notes: Sequence[Note]) -> str:
    """One plain line for notes of one code: where their figures differ, from which to which.

    Notes that are not alike otherwise are passed over: the first one counts.
    """
    return plain(_said(notes))


def likeness(note: Note) -> Hashable:
    """What two notes share that one sentence can tell: all but their figures."""
    if note.data.get(OWN):
        text = str(note.data[OWN])
        return note.code, text.partition(" ")[0], own_words.likeness(text)  # p90 is no figure
    shown = _of_reason(note)
    data = tuple(
        (name, own_words.likeness(str(value)) if name in _FOREIGN else value)
        for name, value in sorted(shown.data.items())
        if not is_number(value)
    )
    return shown.code, _template(shown), data


def _said(notes: Sequence[Note]) -> str:
    first = notes[0]
    if first.data.get(OWN):
        return own_words.spanned([str(each.data.get(OWN, "")) for each in notes])
    shown = [_of_reason(each) for each in notes]
    template = _template(shown[0])
    if template is None:
        return _as_it_is(first)
    try:
        said = fill(template, [each.data for each in shown if _template(each) == template])
        return said if PROCESS in fields(template) else _of_process(shown[0]) + said
    except (KeyError, ValueError, TypeError, AttributeError, OverflowError):
        return _as_it_is(first)


def _of_process(note: Note) -> str:
    """Of a component of several processes, which one it is said of."""
    process = note.data.get(PROCESS)
    return f"{plain(process)}: " if process else ""


def _of_reason(note: Note) -> Note:
    """Of a row's note that a run does not count: the reason why."""
    if note.code != INVALID_RUN or "reason" not in note.data:
        return note
    data = {name: value for name, value in note.data.items() if name != "reason"}
    return Note(code=str(note.data["reason"]), data=data)


def _template(note: Note) -> str | None:
    """The sentence of its code that its data fit; of several, the one that takes most of them."""
    known = SENTENCES.get(note.code, ())
    fitting = [each for each in known if fields(each) <= note.data.keys()]
    if len(known) > 1 and note.data:
        fitting = [each for each in fitting if fields(each)]
    return max(fitting, key=lambda each: len(fields(each)), default=None)


def _as_it_is(note: Note) -> str:
    """Its code and data."""
    name = plain(note.code).replace("-", " ").replace("_", " ")
    data = ", ".join(f"{plain(key)} {words.scalar(value)}" for key, value in note.data.items())
    return f"{name} ({data})" if data else name
