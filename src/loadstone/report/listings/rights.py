"""The rights in a cluster as the ClusterRole that grants them, with what is missing marked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import groupby
from typing import Protocol

_HEAD = """\
# What Loadstone needs there, beside what the component itself may do.
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: loadstone}
rules:"""
_GIVEN_ON = """\
  # What roles of the component give: nobody gives on what he has not. In place of these lines,
  # `escalate` and `bind` of roles and clusterroles do, which lead to any right."""


class GrantableRight(Protocol):
    """The right to do something to a resource, or to a URL that is none (`path`)."""

    @property
    def verb(self) -> str: ...

    @property
    def group(self) -> str: ...

    @property
    def resource(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def path(self) -> str: ...

    @property
    def use(self) -> str: ...

    @property
    def given_on(self) -> bool: ...

    @property
    def granted(self) -> bool: ...


def cluster_role(rights: Sequence[GrantableRight]) -> str:
    """YAML for `kubectl apply`; bind it to who runs Loadstone. What is missing is a comment."""
    own = [each for each in rights if not each.given_on]
    given = [each for each in rights if each.given_on]
    return "\n".join([_HEAD, *_rules(own), *([_GIVEN_ON, *_rules(given)] if given else [])])


def _rules(rights: Sequence[GrantableRight]) -> list[str]:
    alike = groupby(rights, lambda each: (each.group, each.resource, each.name, each.path))
    return [_rule(list(listed)) for _, listed in alike]


def _plain(verb: str) -> str:
    """A verb in a comment, which a line break of it must not end."""
    return json.dumps(verb)[1:-1]


def _rule(listed: Sequence[GrantableRight]) -> str:
    """The rule of rights to the same."""
    one, verbs = listed[0], [each.verb for each in listed]
    lacking = [each.verb for each in listed if not each.granted]
    mark = f"  # missing: {', '.join(map(_plain, lacking))}" if lacking else ""
    if use := "; ".join(dict.fromkeys(each.use for each in listed if each.use)):
        mark = f"{mark or '  #'} (only for {use})"
    fields: dict[str, list[str]] = {"apiGroups": [one.group], "resources": [one.resource]}
    if one.path:
        fields = {"nonResourceURLs": [one.path]}
    elif one.name:
        fields["resourceNames"] = [one.name]
    said = ", ".join(f"{name}: {json.dumps(values)}" for name, values in fields.items())
    return f"  - {{{said}, verbs: {json.dumps(verbs)}}}{mark}"
