"""The files that a user names: scenarios, components and presets, found by path, name or family.

A name is looked for in the folders of the configuration first, then among the shipped files.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from loadstone.errors import InvalidFile, Problem, UsageError
from loadstone.formats import ChangeReplay, Component, Scenario, Step
from loadstone.formats.configuration import Config
from loadstone.formats.kubernetes import NAMES
from loadstone.formats.manifests import Manifest, parse

_PACKAGE = Path(__file__).parents[1]
_SUFFIXES = (".yaml", ".yml")
_MOST_BYTES = 1_000_000  # a file a person wrote is far smaller


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """A text file that was found and read."""

    name: str  # its path, for messages
    text: str


def scenario_sources(names: Sequence[str], config: Config) -> list[SourceFile]:
    """The scenario files of `names`: a file, a scenario's name, or a family (a folder of them)."""
    return [source for name in names for source in _find("scenario", name, config.scenarios)]


def component_source(name: str, config: Config) -> SourceFile:
    """The component file of `name`: a file, or a component's name."""
    return _find("component", name, config.components)[0]


def preset_source(name: str) -> SourceFile:
    """The preset file of `name`: a file, or a preset's name."""
    return _find("preset", name, ())[0]


def with_recordings(scenario: Scenario, source: str) -> Scenario:
    """A scenario whose recordings are named from here: they lie beside its file, or where they say.

    Raises `UsageError` for one that is not there.
    """
    workload = scenario.workload

    def found(step: Step) -> Step:
        if not isinstance(step, ChangeReplay):
            return step
        path = Path(source).parent / step.file
        if not path.is_file():
            raise UsageError(
                f"{source} replays {step.file}, and there is no {path}",
                next_step="record one: loadstone record --help",
            )
        return replace(step, file=str(path))

    return replace(
        scenario,
        workload=replace(
            workload,
            setup=[found(step) for step in workload.setup],
            measured=[found(step) for step in workload.measured],
        ),
    )


def with_manifests(component: Component, _text: str, source: str) -> Component:
    """A component whose deployment is of objects, or of files that are named from here.

    They lie beside its file. Raises `InvalidFile` with all that is wrong in them.
    """
    said = component.kubernetes
    if said is None:
        return component
    beside, problems = Path(source).parent, list[Problem]()
    objects: list[str | dict[str, Any]] = []
    for entry in said.manifests:
        try:
            objects += [entry] if isinstance(entry, dict) else _manifests(beside / entry)
        except UsageError as error:
            problems.append(Problem(where=source, what=error.message))
        except InvalidFile as error:
            problems += error.problems
    chart, kustomization = said.chart, said.kustomization
    if chart is not None:
        chart = replace(chart, path=str(beside / chart.path))
    if kustomization:
        kustomization = str(beside / kustomization)
    for path in (chart.path if chart else "", kustomization):
        if path and not Path(path).exists():
            problems.append(Problem(where=source, what=f"there is no {path}"))
    if problems:
        raise InvalidFile(problems)
    located = replace(said, manifests=objects, chart=chart, kustomization=kustomization)
    return replace(component, kubernetes=located)


def _manifests(path: Path) -> list[Manifest]:
    return parse(read(path).text, str(path), names=NAMES)


def read(path: Path) -> SourceFile:
    """Read a text file a user named. Raises `UsageError` when that cannot be done."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise UsageError(f"{path} is larger than {_MOST_BYTES} bytes")
        return SourceFile(name=str(path), text=path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(
            f"cannot read {path}: {reason}", next_step="name a file that is there and may be read"
        ) from error


def _find(kind: str, name: str, configured: Sequence[str]) -> list[SourceFile]:
    if name.endswith(_SUFFIXES) or "/" in name:
        return [read(file) for file in _files(Path(name))] or _nothing(name)
    roots = [Path(root).expanduser() for root in configured] + _shipped(f"{kind}s")
    for root in roots:
        found = _named(kind, name, root) or list(_files(root / name))
        if found:
            return [read(file) for file in found]
    names = _known(kind, roots)
    close = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean `{close[0]}`? " if close else ""
    raise UsageError(
        f"there is no {kind} named `{name}`",
        next_step=f"{hint}known: {', '.join(names) or 'none'}; or name a file",
    )


def known(kind: str, config: Config) -> list[str]:
    """The names that a scenario or component (`kind`) may be asked for by, families among them."""
    configured = config.scenarios if kind == "scenario" else config.components
    return _known(kind, [Path(root).expanduser() for root in configured] + _shipped(f"{kind}s"))


def _known(kind: str, roots: Sequence[Path]) -> list[str]:
    return sorted({key for root in roots for key in _names(kind, root)})


def _nothing(name: str) -> list[SourceFile]:
    raise UsageError(
        f"there is no YAML file in {name}", next_step="name a file, or a folder of them"
    )


def _shipped(folder: str) -> list[Path]:
    """Where the shipped files are: here, in the installed package, or in the source tree."""
    return [Path(folder), _PACKAGE / "data" / folder, _PACKAGE.parent.parent / folder]


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(file for file in path.rglob("*") if file.suffix in _SUFFIXES)
    elif path.suffix in _SUFFIXES:
        yield path


def _named(kind: str, name: str, root: Path) -> list[Path]:
    return [file for file in _files(root) if _name(kind, file) == name] if root.is_dir() else []


def _names(kind: str, root: Path) -> Iterator[str]:
    if not root.is_dir():
        return
    for file in _files(root):
        yield from filter(None, [_name(kind, file)])
        if file.parent != root:
            yield file.parent.name


def _name(kind: str, file: Path) -> str:
    """The name a file gives itself on its `scenario:`, `component:` or `preset:` line."""
    for line in read(file).text.splitlines():
        if line.startswith(f"{kind}:"):
            return line.split(":", 1)[1].split("#")[0].strip().strip("\"'")
    return ""
