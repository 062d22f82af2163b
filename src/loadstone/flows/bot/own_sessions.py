"""Sessions that our own code measured, in an earlier job or run: fetched, joined and judged.

What a push, a tag or the clock started is believed as what a laptop measured would be: its plan,
its environment and its programs too. It is read as carefully as what nobody trusts all the same,
as far as sizes, paths and links go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path

from loadstone.errors import ArtifactRefused
from loadstone.flows import merge, output_directory
from loadstone.flows.judge import judged
from loadstone.github.artifacts import ArtifactEntry, artifacts_of, download
from loadstone.github.client import Client
from loadstone.model import Note, Record
from loadstone.report.common.sentences import sentence
from loadstone.store.protocol import Store
from loadstone.store.untrusted.artifact_limits import Limits
from loadstone.store.untrusted.contents_read import ArtifactFiles
from loadstone.store.untrusted.measured_claims import measuring
from loadstone.store.untrusted.opened_artifact import opened

_NAME = re.compile(r"loadstone-[0-9]+-(?P<attempt>[0-9]+)(?P<part>(-[0-9]+-of-[0-9]+)?)")
_COMPONENT = re.compile(r"component-[0-9]+(-audit)?")


@dataclass(frozen=True, kw_only=True)
class FetchedRun:
    """The uploads of a run: the directories of its sessions, and why it measured no more.

    `skips`: by the folder that the component would have had.
    """

    folders: Sequence[Path] = ()
    skips: Mapping[str, Note] = field(default_factory=dict)


def fetched(client: Client, run: int, into: Path) -> FetchedRun:
    """Fetch what a run has uploaded, each part of it from its newest attempt.

    Raises `ArtifactExpired`, `ArtifactRefused` and `GithubFailed`.
    """
    limits, folders, skips = Limits(), list[Path](), dict[str, Note]()
    into.mkdir(parents=True, exist_ok=True)
    for number, entry in enumerate(_newest(artifacts_of(client, run)), start=1):
        archive = into / f"{number}.zip"
        download(client, entry, archive, most=limits.archive)
        said = measuring(_opened(archive, entry.name, ""))
        skips |= {
            folder: Note(code=each.skip.code, data=each.skip.data)
            for folder, each in said.components.items()
            if each.skip is not None
        }
        for folder in filter(_COMPONENT.fullmatch, said.components):
            files = _opened(archive, entry.name, f"{folder}/").files
            if output_directory.SESSION in files:
                folders.append(into / f"{number}" / folder)
                _write(files, folders[-1])
        archive.unlink()
    return FetchedRun(folders=folders, skips=skips)


def _newest(entries: Sequence[ArtifactEntry]) -> list[ArtifactEntry]:
    """Those of a measuring; of a part that was measured again, the last one."""
    found: dict[str, tuple[int, ArtifactEntry]] = {}
    for entry in entries:
        name = _NAME.fullmatch(entry.name)
        if name and int(name["attempt"]) > found.get(name["part"], (0, entry))[0]:
            found[name["part"]] = (int(name["attempt"]), entry)
    return [entry for _, (_, entry) in sorted(found.items())]


def _opened(archive: Path, name: str, under: str) -> ArtifactFiles:
    found = opened(archive, under=under)
    if found.refused is not None:
        raise ArtifactRefused(f"the artifact {name} was refused: {sentence(found.refused)}")
    return found


def _write(files: Mapping[str, bytes], folder: Path) -> None:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


def records(folders: Sequence[Path], out: Path, store: Store) -> Iterator[tuple[Record, Path]]:
    """The record of each session, judged, with its files; shards of one are joined in `out`.

    Raises `InvalidFile` for a directory that holds no session.
    """
    found = sorted(((_ended(each), each) for each in folders), key=lambda each: _key(each[0]))
    for number, (_, group) in enumerate(groupby(found, key=lambda each: _key(each[0]))):
        parts = list(group)
        if parts[0][0].plan.shard is None:
            for record, folder in parts:
                yield judged(record, anew=True, baselines=store, files=folder), folder
        else:
            place = out / f"joined-{number}"
            yield merge.run([folder for _, folder in parts], place, baselines=store), place


def _ended(folder: Path) -> Record:
    """The record of a session whose job has ended, as it is then kept beside its rounds."""
    record = output_directory.load(folder)
    ended = record.finished or max((run.started for run in record.runs), default=record.started)
    record = replace(record, finished=ended)
    output_directory.keep(record, folder)
    return record


def _key(record: Record) -> tuple[str, ...]:
    plan = record.plan
    return (plan.component, plan.tier, plan.base.asked, plan.head.asked, "+".join(plan.scenarios))
