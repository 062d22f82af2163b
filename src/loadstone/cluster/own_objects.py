"""Objects of ours in a cluster of others: their labels, their places and their end. Pure.

Objects of scenarios go into a namespace of our own. What has none carries the label of its run, and
is refused where somebody else has one of that name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from loadstone.errors import UsageError

MANAGED = "app.kubernetes.io/managed-by"
US = "loadstone"
RUN = "loadstone.dev/run"
OWNER = "loadstone.dev/owner"  # the process on whose machine; see `system.processes`
EXPIRES = "loadstone.dev/expires"  # s since 1970
KINDS = "loadstone.dev/cluster-scoped"  # annotation: paths of what was made beside the namespace
LIFE = 6 * 3600.0  # s after the last sign of life, which each run gives
OURS = f"{MANAGED}={US}"
_DEFAULT = ("", "default")
_COLLECTION = re.compile(r"/(api|apis/[a-z0-9.-]+)/v[a-z0-9]+/[a-z0-9]+")


@dataclass(kw_only=True)
class OwnObjects:
    """The objects of one session: its namespace, and others that its scenario has made."""

    run: str
    owner: str
    spaces: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)  # paths of collections without a namespace

    @property
    def namespace(self) -> str:
        return f"loadstone-{self.run}"

    @property
    def labels(self) -> dict[str, str]:
        return {MANAGED: US, RUN: self.run}

    def first(self, now: float) -> dict[str, Any]:
        """The namespace that everything is in, with who made it and when it may be removed."""
        labels = {**self.labels, OWNER: self.owner, EXPIRES: str(int(now + LIFE))}
        annotations = {KINDS: json.dumps(sorted(self.kinds))}
        metadata = {"name": self.namespace, "labels": labels, "annotations": annotations}
        return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}

    def placed(self, item: Mapping[str, Any], *, namespaced: bool) -> dict[str, Any]:
        """The object as it may be made here. Raises `UsageError` for one that may not be."""
        metadata = dict(item.get("metadata", {}))
        if namespaced:
            asked = metadata.get("namespace", "")
            metadata["namespace"] = self.namespace if asked in _DEFAULT else asked
            if metadata["namespace"] not in {self.namespace, *self.spaces}:
                raise UsageError(
                    f"{item['kind']} {metadata.get('name')} is for the namespace `{asked}`, which"
                    " is not ours in a cluster that is there already",
                    next_step="leave its namespace out, or have the scenario create it",
                )
        else:
            metadata["labels"] = {**metadata.get("labels", {}), **self.labels}
            if item["kind"] == "Namespace":
                self.spaces.add(str(metadata["name"]))
        return {**item, "metadata": metadata}


def expired(labels: Mapping[str, str], now: float) -> bool:
    """Whether a namespace with these labels is one of ours whose time is over."""
    if labels.get(MANAGED) != US or not labels.get(RUN):
        return False
    try:
        return float(labels[EXPIRES]) < now
    except (KeyError, ValueError):
        return False


def kinds_of(annotations: Mapping[str, str]) -> Sequence[str]:
    """The collections in which a session may have left objects; only paths of the API."""
    try:
        found = json.loads(annotations.get(KINDS, "[]"))
    except ValueError:
        return []
    listed = found if isinstance(found, list) else ()
    return [each for each in listed if isinstance(each, str) and _COLLECTION.fullmatch(each)]
