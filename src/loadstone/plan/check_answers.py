"""Semantic checks of the addresses that answer in a component's own network."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from loadstone.errors import Problem
from loadstone.formats import Component
from loadstone.formats.yaml_text import Document

_LOOPBACK = IPv4Network("127.0.0.0/8")


def problems(component: Component, document: Document) -> Iterator[Problem]:
    """Addresses where there is no network of its own, and networks that are none."""
    if component.answers is None:
        return
    if component.network != "own":
        where = document.where(("answers",), key=True)
        what = "these addresses are in a network that the component has for itself"
        yield Problem(where=where, what=what, hint="add `network: own`")
    where = document.where(("answers", "network"))
    try:
        network = IPv4Network(component.answers.network)
    except ValueError as error:
        hint = "as 10.0.0.0/8"
        yield Problem(where=where, what=f"this is no IPv4 network: {error}", hint=hint)
        return
    if network.overlaps(_LOOPBACK) or network.num_addresses < 4:
        what = f"{network} is loopback's, or has no addresses for others"
        yield Problem(where=where, what=what, hint="10.0.0.0/8 will do")
