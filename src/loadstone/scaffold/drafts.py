"""Drafts: the files that a repository gets, as text, from what it holds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined

from loadstone.formats.configuration import PLACES
from loadstone.scaffold.repository_facts import ActionPin, RepositoryFacts
from loadstone.scaffold.stamp import stamped

CONFIGURATION = PLACES[0]
COMPONENT = ".github/loadstone/component.yaml"
WORKFLOWS = ".github/workflows"
# Actions of others that the workflows use, by the commit that was looked at.
CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
UPLOAD = "actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0"
NAMES = (
    "loadstone.yml",
    "loadstone-measure.yml",
    "loadstone-deliver.yml",
    "loadstone-commands.yml",
    "loadstone-main.yml",
    "loadstone-release.yml",
)


_PLAIN = re.compile(r"[A-Za-z][\w./-]*", flags=re.ASCII)
_WORDS = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")  # of YAML 1.1 and 1.2
_ENDLESS = 1 << 30  # characters of a line


@dataclass(frozen=True, kw_only=True)
class DraftFile:
    """A file to be written: its path from the root of the repository, and its text.

    `finished`: by whoever it is for, who has to change it: how it differs then tells nothing.
    """

    path: str
    text: str
    finished: bool = False


def drafts(
    facts: RepositoryFacts, action: ActionPin, *, configuration: str = ""
) -> list[DraftFile]:
    """All the files. `configuration`: the one that is there, which gets no other beside it."""
    return [*_settings(facts, configuration), *workflows(facts, str(action))]


def workflows(facts: RepositoryFacts, action: str) -> Iterator[DraftFile]:
    """The workflows, with the action as `uses:` names it."""
    for name in NAMES:
        values = {"branch": _quoted(facts.branch), "minute": facts.minute}
        text = _rendered(
            f"workflows/{name}", **values, action=action, checkout=CHECKOUT, upload=UPLOAD
        )
        yield DraftFile(path=f"{WORKFLOWS}/{name}", text=text)


def _settings(facts: RepositoryFacts, configuration: str) -> Iterator[DraftFile]:
    if configuration not in ("", CONFIGURATION):
        return
    text = _rendered("loadstone.yaml", component=COMPONENT)
    yield DraftFile(path=CONFIGURATION, text=text, finished=True)
    values = {
        "name": facts.name,
        "component": _quoted(facts.name),
        "about": _quoted(f"What {facts.module or facts.directory} builds."),
        "program": facts.program,
        "module": facts.module,
        "hints": list(_hints(facts)),
    }
    yield DraftFile(path=COMPONENT, text=_rendered("component.yaml", **values), finished=True)


def _hints(facts: RepositoryFacts) -> Iterator[str]:
    """What else was seen and may help who finishes the component."""
    others = [each for each in facts.programs if each != facts.program]
    for what, found in (
        ("Other programs of cmd/", others),
        ("Its flags may stand in", [*facts.dockerfiles, *facts.charts, *facts.kustomizations]),
    ):
        if found:
            yield f"{what}: {_listed(found)}"


def _listed(names: Sequence[str], most: int = 5) -> str:
    """Names of files, which anybody may have chosen, on one line."""
    shown = [_quoted(name) for name in names[:most]]
    return ", ".join([*shown, *(["…"] if len(names) > most else [])])


def _quoted(text: str) -> str:
    """Text as a scalar of YAML on one line, in quotes where it needs them."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return yaml.safe_dump(text, default_style='"', width=_ENDLESS).strip()


def _rendered(template: str, **values: object) -> str:
    return stamped(_environment().get_template(template).render(**values))


@cache
def _environment() -> Environment:
    """Templates in brackets that YAML and workflows do not use."""
    return Environment(
        loader=PackageLoader("loadstone.scaffold"),
        autoescape=False,  # noqa: S701  (it writes YAML)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        variable_start_string="<<",
        variable_end_string=">>",
        block_start_string="<%",
        block_end_string="%>",
        comment_start_string="<#",
        comment_end_string="#>",
    )
