"""The settings of a session: the configuration file as it is read, and the places that it names.

The file is `.github/loadstone.yaml` or `loadstone.yaml`, or the one that `--config` names. What it
may say is in `loadstone.formats.configuration`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import platformdirs

from loadstone.errors import InvalidFile, LoadstoneError
from loadstone.flows.files import read, scenario_sources
from loadstone.formats.configuration import (
    PLACES,
    Config,
    Names,
    PrometheusSettings,
    parse,
    the_one,
)
from loadstone.model import PrometheusAccess

MADE = ("download:", "go:")  # how a version of a program is asked for, in place of its path


def find_config(path: Path | str | None = None) -> str:
    """The configuration file: the one that is named, else the one that is there; "" for none.

    Raises `InvalidFile` where there are two.
    """
    return str(path) if path else the_one(place for place in PLACES if Path(place).exists())


def read_config(path: Path | str | None = None) -> Config:
    """Read the configuration file; without one, every setting has its default.

    Raises `InvalidFile` for a file that is not what it should be, or where there are two of them,
    `UsageError` for a `path` that is not there.
    """
    found = find_config(path)
    if not found:
        return Config()
    source = read(Path(found))
    return parse_config(source.text, source.name)


def parse_config(text: str, name: str) -> Config:
    """Parse a configuration, and hold its names against what there is. Raises `InvalidFile`."""
    try:
        return parse(text, name, names=_names(text))
    except InvalidFile as error:
        step = "`loadstone schema` writes a schema, by which your editor completes and checks it"
        raise InvalidFile(error.problems, next_step=step) from error


def tool_paths(config: Config) -> Mapping[str, Path]:
    """The programs that are used instead of those on PATH, by name."""
    return {
        name: Path(path).expanduser()
        for name, path in config.tools.items()
        if not path.startswith(MADE)
    }


def cache_directory(config: Config) -> Path:
    """The directory of programs of resolved revisions; without a setting, the user's cache."""
    configured = Path(config.cache).expanduser() if config.cache else None
    return configured or Path(platformdirs.user_cache_dir("loadstone"))


def _names(text: str) -> Names:
    from loadstone.cluster.provider import PROVIDERS  # both tables: heavy to import
    from loadstone.measure.load.table import GENERATORS

    return {
        "provider": PROVIDERS,
        "generator": GENERATORS,
        "tier": partial(_tiers, folders=_folders(text)),
    }


def _folders(text: str) -> list[str]:
    """The folders of scenarios that a configuration names, whatever else is wrong with it."""
    said = _plain(text).get("scenarios")
    return [each for each in said if isinstance(each, str)] if isinstance(said, list) else []


def _tiers(scenarios: list[str], *, folders: list[str]) -> Collection[str]:
    """The tiers that all of these scenarios have; none where one cannot be read.

    A scenario that is not there, or is wrong, is said when it is measured.
    """
    if not scenarios:
        return ()
    try:
        sources = scenario_sources(scenarios, Config(scenarios=folders))
    except LoadstoneError:
        return ()
    tiers = [_plain(source.text).get("tiers") for source in sources]
    if not all(isinstance(each, dict) for each in tiers):
        return ()
    known: set[str] = set.intersection(*(set(each) for each in tiers if isinstance(each, dict)))
    return known


def _plain(text: str) -> dict[str, Any]:
    """The data of a YAML text, whatever is wrong with it: {} for no mapping."""
    from loadstone.formats.yaml_text import read as read_yaml

    try:
        data = read_yaml(text, "").data
    except InvalidFile:
        return {}
    return data if isinstance(data, dict) else {}


def prometheus_access(config: Config) -> PrometheusAccess | None:
    """The access to the configured Prometheus; None where it answers everybody."""
    said = config.prometheus_access
    if not config.prometheus or said == PrometheusSettings():
        return None
    return PrometheusAccess(
        url=config.prometheus,
        ca_file=said.ca,
        cert_file=said.cert,
        key_file=said.key,
        user=said.user,
        secret=said.password or said.token,
    )
