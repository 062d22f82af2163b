"""The settings of a session: `loadstone.yaml` as it is read, and the places that it names.

The file is the one in the working directory, or the one that `--config` names. What it may say is
in `loadstone.formats.configuration`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import platformdirs

from loadstone.errors import InvalidFile
from loadstone.flows.files import read
from loadstone.formats.configuration import Config, parse

CONFIG = "loadstone.yaml"


def read_config(path: Path | str | None = None) -> Config:
    """Read the configuration file; without one, every setting has its default.

    Raises `InvalidFile` for a file that is not what it should be, `UsageError` for a `path` that is
    not there.
    """
    if not path and not Path(CONFIG).exists():
        return Config()
    from loadstone.cluster.provider import PROVIDERS  # both tables: heavy to import
    from loadstone.measure.load.table import GENERATORS

    source = read(Path(path or CONFIG))
    try:
        return parse(
            source.text, source.name, names={"provider": PROVIDERS, "generator": GENERATORS}
        )
    except InvalidFile as error:
        known = ", ".join(Config.__struct_fields__)
        step = f"the settings are: {known}; `loadstone schema` writes a schema for your editor"
        raise InvalidFile(error.problems, next_step=step) from error


def tool_paths(config: Config) -> Mapping[str, Path]:
    """The programs that are used instead of those on PATH, by name."""
    return {name: Path(path).expanduser() for name, path in config.tools.items()}


def cache_directory(config: Config) -> Path:
    """The directory of programs of resolved revisions; without a setting, the user's cache."""
    configured = Path(config.cache).expanduser() if config.cache else None
    return configured or Path(platformdirs.user_cache_dir("loadstone"))
