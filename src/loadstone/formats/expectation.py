"""Expectations: what has to hold of objects before a copy of a template is right."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from loadstone.formats.fields import Spec
from loadstone.model import Scalar

Placeholder = Annotated[str, Meta(pattern=r"^\$\{[a-z][a-z0-9_]*\}$")]


class Expectation(Spec, frozen=True, kw_only=True):
    """An expectation: what has to hold before a copy is right. Strings are a template's.

    Without `kind` it is about the first object of the template; with it, about objects that this
    leads to: the one of that `name`, or those with these `labels`. As many as `count` have to exist
    and fulfil `for`, `fields` and `cel`, no more and no fewer. With `dial`, it is about none: there
    an address has to answer, from where Loadstone is or from the component's own network.
    """

    kind: str = ""
    api_version: str = msgspec.field(default="v1", name="apiVersion")
    namespace: str = ""  # that of the template's first object
    name: str = ""
    labels: dict[str, str] = {}
    count: Annotated[int, Meta(ge=0)] | Placeholder = 1
    # of `kubectl wait`: create, delete, condition=Ready, jsonpath={.status.phase}=Running
    wait: str = msgspec.field(default="", name="for")
    fields: dict[str, Scalar] = {}  # path, as status.phase → what it equals
    cel: str = ""  # an expression over `object` that is true
    dial: str = ""  # tcp://host:port, or an http URL
    status: Annotated[int, Meta(ge=100, le=599)] = 200  # that the URL answers with
    headers: dict[str, str] = {}  # of its answer, that must be there, with their values
    dialled_from: Literal["", "component"] = msgspec.field(default="", name="from")
