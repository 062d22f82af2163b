"""Certificates that a component is given, and what it wants to be shown."""

from __future__ import annotations

from loadstone.formats.fields import Spec


class Certificate(Spec, frozen=True, kw_only=True):
    """A certificate of a server and client, signed by an authority that is the component's alone.

    An entry NAME of `certificates` is `NAME.crt` and `NAME.key` in `${dir}`, the authority `ca.crt`
    and `ca.key`. It is for localhost, 127.0.0.1 and ::1 as well as for `hosts`.
    """

    common_name: str = ""  # the entry's name without one
    groups: list[str] = []  # organisations, which Kubernetes takes for groups
    hosts: list[str] = []


class ComponentCredentials(Spec, frozen=True, kw_only=True):
    """The files with which we ask the component's https URLs, its API among them."""

    ca: str = ""  # whose certificates are believed; none: all of them
    cert: str = ""
    key: str = ""
    token: str = ""  # a file with a bearer token
