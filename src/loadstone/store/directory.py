"""The store `directory`: baselines as files, such as in `baselines/` of a repository.

    <component>/<scenarios>/<tier>/<environment key>/<label>@<digest>/<started>.json

Everything `list` tells is in the path, so it stays cheap and survives a checkout, which forgets
when a file was written.

There is no index to be out of date, or to be where two writers meet: a new record is written beside
its place and linked to a name that nothing has. What is not in the path (verdict, provider) needs
the record to be read.
"""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from loadstone.errors import LoadstoneError, UsageError
from loadstone.model import Record, Revision
from loadstone.store import contents, files, records
from loadstone.store.names import slug, stamp, unstamp
from loadstone.store.protocol import BaselineEntry, Query

_NAME = re.compile(r"(?P<stamp>\d{8}T\d{6}Z)(-(?P<number>\d{1,6}))?\.json")
_ANY = Query()
_MOST_NOTE = 16_000_000  # By; 800 rows of a noise model are under a tenth


class DirectoryStore:
    """The store `directory`. `root` is made when the first record is saved."""

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root)

    def __str__(self) -> str:
        return str(self.root)

    def save(self, record: Record) -> BaselineEntry:
        """Keep the record under a name that nothing has: another one of that second gets a number.

        The same session is kept once, however often and in whatever form it is saved. Raises
        `LoadstoneError` when it cannot be written.
        """
        folder = self._inside(self.root / _folder(record))
        data, mine = records.encode(record, where="the record"), contents.digest(record)
        there = self._same(folder, mine)
        for number in itertools.count(1) if there is None else ():
            name = stamp(record.started) + (f"-{number}" if number > 1 else "")
            path = folder / f"{name}.json"
            with contextlib.suppress(FileExistsError):
                files.create(path, data)
                return self._entry(path)
            if _holds(path, mine):  # another process was quicker
                return self._entry(path)
        assert there is not None  # noqa: S101  (counting never ends)
        return self._entry(there)

    def _same(self, folder: Path, mine: str) -> Path | None:
        """The file of a folder that holds the same session; of other names too, as copies have."""
        paths = sorted(path for path in folder.glob("*.json") if _NAME.fullmatch(path.name))
        return next((path for path in paths if _holds(path, mine)), None)

    def series(self, record: Record) -> str:
        """The folder of all records of the same component, scenarios, tier and environment."""
        return _folder(record).parent.as_posix()

    def note(self, series: str, name: str) -> bytes | None:
        """The note of that name beside the records of a series; None where there is none."""
        path = self._inside(self.root / series / slug(name))
        return records.read(path, most=_MOST_NOTE) if path.is_file() else None

    def keep_note(self, series: str, name: str, data: bytes) -> str:
        """Keep a note beside the records of a series; return the path of its file."""
        path = self._inside(self.root / series / slug(name))
        files.replace(path, data)
        return str(path)

    def list(self, query: Query = _ANY) -> list[BaselineEntry]:
        """The records that match, newest first; a file that is none of ours is passed over."""
        found = sorted(self._paths(), key=_age, reverse=True)
        return [entry for entry in map(self._entry, found) if _matches(entry, query)]

    def latest(self, query: Query = _ANY) -> BaselineEntry | None:
        """The newest record that matches."""
        return next(iter(self.list(query)), None)

    def get(self, key: str) -> Record:
        """Read the record that `list` names `key`. Raises `UsageError`, `InvalidFile`."""
        path = self.root / key
        if path not in set(self._paths()):
            raise UsageError(
                f"there is no baseline {key!r:.200} in {self.root}",
                next_step="`loadstone baseline list` names those that are there",
            )
        return records.load(self._inside(path))

    def prune(
        self, keep: int, query: Query = _ANY, *, dry_run: bool = False
    ) -> Sequence[BaselineEntry]:
        """Remove all but the newest `keep` of every series that matches; return what goes."""
        if keep < 1:
            raise UsageError(
                f"cannot keep {keep} baselines", next_step="keep at least 1, or delete the files"
            )
        seen: dict[tuple[str, ...], int] = {}
        old = []
        for entry in self.list(query):
            series = (entry.component, entry.scenarios, entry.tier, entry.environment)
            seen[series] = seen.get(series, 0) + 1
            if seen[series] > keep:
                old.append(entry)
        for entry in () if dry_run else old:
            self._remove(self.root / entry.key)
        return old

    def _remove(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        for folder in itertools.takewhile(lambda parent: parent != self.root, path.parents):
            try:
                folder.rmdir()
            except OSError:  # not empty
                return

    def _paths(self) -> Iterator[Path]:
        return (path for path in self.root.glob("*/*/*/*/*/*.json") if _NAME.fullmatch(path.name))

    def _entry(self, path: Path) -> BaselineEntry:
        component, scenarios, tier, environment, revision, name = path.parts[-6:]
        return BaselineEntry(
            key=str(path.relative_to(self.root)),
            component=component,
            scenarios=scenarios,
            tier=tier,
            environment=environment,
            revision=revision,
            started=unstamp(name.partition(".")[0].partition("-")[0]),
            size=path.stat().st_size,
        )

    def _inside(self, path: Path) -> Path:
        """The path, unless a symbolic link on the way leads out of the store."""
        if not path.resolve().is_relative_to(self.root.resolve()):
            raise UsageError(
                f"{path} leads out of {self.root}", next_step="remove the symbolic link"
            )
        return path


def _holds(path: Path, wanted: str) -> bool:
    """Whether a file is a record of this content; one that cannot be read is another's."""
    try:
        return contents.digest(records.load(path)) == wanted
    except LoadstoneError:
        return False


def _folder(record: Record) -> Path:
    plan = record.plan
    return Path(
        slug(plan.component),
        _scenarios(sorted({case.case.scenario for case in plan.cases})),
        slug(plan.tier),
        slug(record.environment.key),
        _revision(plan.head),
    )


def _scenarios(names: Sequence[str]) -> str:
    return slug("+".join(sorted(names)))


def _revision(revision: Revision) -> str:
    digest = revision.digest.rpartition(":")[2]
    return slug(revision.label) + (f"@{slug(digest[:12])}" if digest else "")


def _age(path: Path) -> tuple[str, int, str]:
    match = _NAME.fullmatch(path.name)
    assert match  # noqa: S101  (only paths that match are asked)
    return match["stamp"], int(match["number"] or 1), str(path)


def _matches(entry: BaselineEntry, query: Query) -> bool:
    label, _, digest = entry.revision.partition("@")
    asked = query.revision
    return (
        (not query.component or entry.component == slug(query.component))
        and (not query.scenarios or entry.scenarios == _scenarios(query.scenarios))
        and (not query.tier or entry.tier == slug(query.tier))
        and (not query.environment or entry.environment == slug(query.environment))
        and (
            not asked
            or asked == entry.revision
            or slug(asked) == label
            or (len(asked) >= 7 and digest.startswith(asked.rpartition(":")[2][:12]))
        )
    )
