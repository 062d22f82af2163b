"""The table of baseline stores, by the name a user gives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from loadstone.store.directory import DirectoryStore
from loadstone.store.protocol import Store

STORES: Mapping[str, Callable[[str], Store]] = {"directory": DirectoryStore}
