"""The rights in a cluster as the ClusterRole that grants them, with what is missing marked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import groupby
from typing import Protocol


class GrantableRight(Protocol):
    """The right to do something to a resource."""

    @property
    def verb(self) -> str: ...

    @property
    def group(self) -> str: ...

    @property
    def resource(self) -> str: ...

    @property
    def use(self) -> str: ...

    @property
    def granted(self) -> bool: ...


def cluster_role(rights: Sequence[GrantableRight]) -> str:
    """YAML for `kubectl apply`; bind it to who runs Loadstone. What is missing is a comment."""
    lines = [
        "# What Loadstone needs there, beside what the component itself may do.",
        "apiVersion: rbac.authorization.k8s.io/v1",
        "kind: ClusterRole",
        "metadata: {name: loadstone}",
        "rules:",
    ]
    for (group, resource), alike in groupby(rights, lambda each: (each.group, each.resource)):
        listed = list(alike)
        verbs = [each.verb for each in listed]
        lacking = [each.verb for each in listed if not each.granted]
        mark = f"  # missing: {', '.join(lacking)}" if lacking else ""
        if use := "; ".join(dict.fromkeys(each.use for each in listed if each.use)):
            mark = f"{mark or '  #'} (only for {use})"
        fields = ("apiGroups", [group]), ("resources", [resource]), ("verbs", verbs)
        said = ", ".join(f"{name}: {json.dumps(values)}" for name, values in fields)
        lines.append(f"  - {{{said}}}{mark}")
    return "\n".join(lines)
