"""The nodes of a YAML text, each with its place: read by libyaml where PyYAML has it. Pure.

libyaml reads a scenario nine times as fast as the parser in Python, and a plan reads many. What it
refuses is read again by that parser, in whose words the mistake is told; so is what the two take
differently: tabs, which libyaml allows in more places, and byte order marks, which it counts as no
column. Nodes are composed in Python all the same: libyaml's own way calls itself for each level,
and nesting without end would end the process.
"""

from __future__ import annotations

from typing import Any, cast

import yaml
from yaml.composer import Composer
from yaml.resolver import BaseResolver

try:
    from yaml._yaml import CParser
except ImportError:  # PyYAML was built without libyaml
    _FAST = False
else:
    _FAST = True

    class _LibyamlLoader(Composer, CParser, BaseResolver):
        """A loader of libyaml's events; every scalar is text."""

        def __init__(self, stream: str) -> None:
            CParser.__init__(self, stream)
            Composer.__init__(self)
            BaseResolver.__init__(self)


_TAKEN_DIFFERENTLY = ("\t", "\N{ZERO WIDTH NO-BREAK SPACE}")


def compose(text: str) -> yaml.Node | None:
    """The root of the only document; None where there is none.

    Raises `yaml.YAMLError`, and `RecursionError` for one that is nested too deeply.
    """
    if _FAST and not any(each in text for each in _TAKEN_DIFFERENTLY):
        try:
            return yaml.compose(text, cast(Any, _LibyamlLoader))
        except (yaml.YAMLError, UnicodeEncodeError):  # told below, in the other's words
            pass
    return yaml.compose(text, yaml.BaseLoader)


def is_plain(node: yaml.Node) -> bool:
    """Whether a node is a scalar without quotes, which may be a number."""
    return isinstance(node, yaml.ScalarNode) and not node.style
