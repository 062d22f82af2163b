"""Calls: one request to the resource API as routing reads it, and its options."""

from __future__ import annotations

import msgspec

from loadstone.apiserver.machinery.resources import Resource


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """Options of a call: the query parameters that the API knows."""

    watch: bool = False
    labels: str = ""
    fields: str = ""
    limit: int = 0
    continue_token: str = ""
    resource_version: str = ""
    resource_version_match: str = ""
    timeout: float = 0.0  # s
    bookmarks: bool = False
    initial_events: bool | None = None
    dry_run: bool = False
    force: bool = False
    manager: str = ""
    validation: str = ""
    propagation: str = ""
    grace: int | None = None  # s
    orphan: bool | None = None
    include_object: str = ""


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A call of the resource API."""

    verb: str
    resource: Resource
    version: str
    namespace: str
    name: str
    subresource: str
    options: Options
    body: bytes
    content_type: str
    accept: str
    agent: str
    query: str = ""  # as it was sent, for what only one subresource asks

    @property
    def what(self) -> str:
        """The resource as it is counted and dialled: `pods`, `pods/status`."""
        plural = self.resource.plural
        return f"{plural}/{self.subresource}" if self.subresource else plural
