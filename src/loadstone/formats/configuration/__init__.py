"""The configuration file: `.github/loadstone.yaml` or `loadstone.yaml`, all that a repository asks.

One file serves `loadstone run` on a laptop and the bot on GitHub. A flag wins over the file, and
the file over what is built in. The types here are the format: the schema that editors use and the
tables of `docs/reference/configuration.md` are made from them.
"""

from loadstone.formats.configuration.config import Config
from loadstone.formats.configuration.editor_schema import schema, sections
from loadstone.formats.configuration.eks_settings import EksSettings
from loadstone.formats.configuration.event_settings import (
    Events,
    EventSettings,
    PullRequestSettings,
    PushSettings,
    ScheduleSettings,
    TagSettings,
)
from loadstone.formats.configuration.kind_settings import (
    KindConfig,
    KindNetworks,
    KindSettings,
)
from loadstone.formats.configuration.load_settings import LoadSettings
from loadstone.formats.configuration.prometheus_settings import PrometheusSettings
from loadstone.formats.configuration.read_text import (
    NO_NAMES,
    PLACES,
    Names,
    label_of,
    parse,
    the_one,
)
from loadstone.formats.configuration.rules import (
    AcceptedEntry,
    Caps,
    CommandSettings,
    ComponentSettings,
)

__all__ = [
    "NO_NAMES",
    "PLACES",
    "AcceptedEntry",
    "Caps",
    "CommandSettings",
    "ComponentSettings",
    "Config",
    "EksSettings",
    "EventSettings",
    "Events",
    "KindConfig",
    "KindNetworks",
    "KindSettings",
    "LoadSettings",
    "Names",
    "PrometheusSettings",
    "PullRequestSettings",
    "PushSettings",
    "ScheduleSettings",
    "TagSettings",
    "label_of",
    "parse",
    "schema",
    "sections",
    "the_one",
]
