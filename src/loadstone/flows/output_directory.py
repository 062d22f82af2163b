"""The output directory: the files that `run` writes and the other commands read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import msgspec

from loadstone.errors import LoadstoneError, UsageError
from loadstone.model import Record, RedlineRecord
from loadstone.model.similar import Similarity
from loadstone.store.records import load as load_record
from loadstone.store.records import save as save_record
from loadstone.store.redline_records import save as save_redlines
from loadstone.store.rounds import RoundLog

RECORD = "record.json"
SESSION = "session.json"
ROUNDS = "rounds.jsonl"
REDLINE = "redline.json"
SIMILAR = "similar.json"
MORE = "more.json"
EARLIER = "earlier"
_REPORTS = (
    ("comparison.json", "json"),
    ("report.md", "markdown"),
    ("report.html", "html"),
    ("junit.xml", "junit"),
)
_REDLINE_REPORTS = (("redline.md", "markdown"), ("redline.html", "html"))
_SIMILAR_REPORT = "similar.md"
# A directory may hold other things as well, baselines or a whole repository: those are its owner's.
_OF_A_RUN = (
    *(RECORD, SESSION, ROUNDS, REDLINE, SIMILAR, _SIMILAR_REPORT, MORE, "profiles", "prometheus"),
    *(name for name, _ in (*_REPORTS, *_REDLINE_REPORTS)),
)


def begin(record: Record, out: Path) -> None:
    """Keep the plan and the environment before the first run, so that no crash costs them."""
    save_record(record, out / SESSION)


def keep(record: Record, out: Path) -> None:
    """Keep the record of what was measured and is judged elsewhere."""
    save_record(record, out / RECORD)


def require_begun(out: Path) -> None:
    """Raise `UsageError` where there is no session to go on with."""
    if not (out / ROUNDS).exists():
        raise UsageError(
            f"there is no unfinished run in {out} to go on with",
            next_step="leave out --resume, or name the directory of the run with --out",
        )


def load(path: Path) -> Record:
    """Load a record from its file, or from a directory that `run` wrote, finished or not.

    Rounds are read with the plan of the `session.json` beside them.
    """
    if path.name.endswith(ROUNDS):
        return _so_far(path.parent, path)
    if not path.is_dir():
        return load_record(path)
    if (path / RECORD).exists() or not (path / SESSION).exists():
        return load_record(path / RECORD)
    return _so_far(path, path / ROUNDS)


def _so_far(folder: Path, rounds: Path) -> Record:
    """The record of a session from its plan and its rounds; of one that has ended, with its end."""
    if not (folder / SESSION).exists():
        raise UsageError(
            f"{rounds} are rounds without their plan",
            next_step=f"keep the {SESSION} of the run beside them: they are judged by its plan",
        )
    ended = load_record(folder / RECORD).finished if (folder / RECORD).exists() else ""
    runs = RoundLog(rounds).read()
    return replace(load_record(folder / SESSION), runs=runs, finished=ended)


def write(record: Record, out: Path, *, files: Path | None = None) -> None:
    """Write the record, the comparison and the reports; `files` (or `out`) holds the profiles."""
    out.mkdir(parents=True, exist_ok=True)
    save_record(record, out / RECORD)
    for name, form in _REPORTS:
        write_text(out / name, render(record, form, files=files or out))


def render(record: Record, form: str, *, files: Path) -> str:
    """Render the report as `markdown`, `html`, `junit` or `json`.

    `files` holds the profiles, and the rounds to which more can be added.
    """
    from loadstone.flows.flame_graphs import flames
    from loadstone.report import comparison  # draws pictures: heavy to import

    if form == "json":
        return msgspec.json.format(msgspec.json.encode(record.judgement), indent=2).decode() + "\n"
    renderers: Mapping[str, Callable[[Record], str]] = {
        "markdown": lambda record: _markdown(record, files),
        "html": lambda record: comparison.html(
            record, flames=flames(record, files), saved=str(files)
        ),
        "junit": comparison.junit,
    }
    return renderers[form](record)


def _markdown(record: Record, files: Path) -> str:
    """The report in Markdown, with the percentiles of every latency that was measured."""
    from loadstone.report.comment import Result, markdown
    from loadstone.stats.comparison.latencies import percentiles

    rows = record.judgement.comparisons if record.judgement else ()
    latencies = percentiles(record.plan.cases, record.runs, rows)
    return markdown(Result(record=record, latencies=latencies), saved=str(files))


def write_redline(record: RedlineRecord, out: Path) -> None:
    """Write what a search for a redline found, in numbers, words and pictures."""
    save_redlines(record, out / REDLINE)
    for name, form in _REDLINE_REPORTS:
        write_text(out / name, render_redline(record, form))


def render_redline(record: RedlineRecord, form: str) -> str:
    """Render the report of a search as `markdown`, `html` or `json`."""
    from loadstone.report import redline  # draws pictures: heavy to import

    if form == "json":
        return msgspec.json.format(msgspec.json.encode(record), indent=2).decode() + "\n"
    renderers: Mapping[str, Callable[[RedlineRecord], str]] = {
        "markdown": redline.markdown,
        "html": redline.html,
    }
    return renderers[form](record)


def write_similar(found: Similarity, out: Path) -> None:
    """Write what two providers have in common, in numbers and words."""
    from loadstone.report import similar

    document = msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n"
    write_text(out / SIMILAR, document)
    write_text(out / _SIMILAR_REPORT, similar.markdown(found))


def folder(saved: Path) -> Path:
    """The directory of a saved record's files, given the record or the directory."""
    return saved if saved.is_dir() else saved.parent


def write_text(path: Path, text: str) -> None:
    """Write a report. Raises `LoadstoneError` when the disk does not take it."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise LoadstoneError(
            f"cannot write {path}: {error.strerror}", next_step="free space or choose another --out"
        ) from error


def fresh(out: Path, *, resume: bool) -> Path | None:
    """Make the output directory, and move a finished run in it aside: nothing is overwritten.

    Returns where it is now. What no run has written stays where it is.
    """
    out.mkdir(parents=True, exist_ok=True)
    finished = [out / name for name in (RECORD, REDLINE, SIMILAR) if (out / name).exists()]
    if not finished or resume:
        return None
    when = datetime.fromtimestamp(finished[0].stat().st_mtime, UTC)
    earlier = _unused(out / EARLIER, when.strftime("%Y%m%dT%H%M%SZ"))
    for name in _OF_A_RUN:
        if (out / name).exists():
            (out / name).rename(earlier / name)
    return earlier


def _unused(parent: Path, name: str) -> Path:
    """A new directory of this name, or with a number where another run ended in that second."""
    for number in count(1):
        path = parent / (name if number == 1 else f"{name}-{number}")
        with suppress(FileExistsError):
            path.mkdir(parents=True)
            return path
    raise AssertionError("numbers do not end")
