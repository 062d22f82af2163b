"""Semantic checks of a component's settings, which axes of scenarios may change."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from loadstone.errors import Problem
from loadstone.formats import Component
from loadstone.formats.kubernetes import NAMES as POD_NAMES
from loadstone.formats.yaml_text import Document
from loadstone.plan.bind import placeholders
from loadstone.plan.check_processes import NAMES, REVISION, by_path, filled, ports
from loadstone.plan.check_workload import TEMPLATE_NAMES


def problems(component: Component, document: Document) -> Iterator[Problem]:
    """Settings that change nothing, or that are called as something else is."""
    taken = {*NAMES, *POD_NAMES, *ports(component), *TEMPLATE_NAMES, REVISION}
    used = {
        name
        for part in (*map(filled, by_path(component).values()), _shared(component))
        for _, name in placeholders(part)
    }
    for name in component.settings:
        where = document.where(("settings", name), key=True)
        if name in taken:
            what = f"`${{{name}}}` is something else already"
            yield Problem(where=where, what=what, hint="choose another name")
        elif name not in used:
            what = f"nothing names the setting `{name}`"
            yield Problem(where=where, what=what, hint=f"write `${{{name}}}` into `command`")


def _shared(component: Component) -> object:
    secure = msgspec.to_builtins(component.secure_traffic)
    pods = msgspec.to_builtins(component.kubernetes)
    push = msgspec.to_builtins(component.push)
    return [component.traffic, secure, push, pods, component.prometheus, component.promql]
