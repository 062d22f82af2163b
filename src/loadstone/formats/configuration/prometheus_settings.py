"""Settings of a Prometheus that does not answer everybody: what it is shown, and from where."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any
from urllib.parse import urlsplit

from msgspec import Meta

from loadstone.errors import Problem
from loadstone.formats.fields import Spec
from loadstone.formats.yaml_text import Document

# Said with its kind, so that a secret itself is never taken for the name of a file.
Secret = Annotated[
    str,
    Meta(
        pattern=r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)?$",
        extra_json_schema={"writeOnly": True},  # which is what keeps it out of messages
    ),
]
_SECTION = "prometheus_access"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class PrometheusSettings(Spec, frozen=True, kw_only=True, omit_defaults=True):
    """The access to the `prometheus` of the same file; secrets are named, and stand in no file.

    A secret is `env:NAME`, a variable of Loadstone's environment, or `file:PATH`.
    """

    ca: Annotated[
        str,
        Meta(description="File of the certificates that its own is held to; the system's, else."),
    ] = ""
    token: Annotated[
        Secret,
        Meta(description="Where its bearer token is: `env:NAME` or `file:PATH`."),
    ] = ""
    user: Annotated[str, Meta(description="Name of basic authentication.")] = ""
    password: Annotated[
        Secret, Meta(description="Where its password is: `env:NAME` or `file:PATH`.")
    ] = ""
    cert: Annotated[str, Meta(description="File of a certificate of our own, where it asks.")] = ""
    key: Annotated[str, Meta(description="File of the key of that.")] = ""


def problems(document: Document) -> Iterator[Problem]:
    """Problems of a section `prometheus_access` that no schema finds."""
    data: Any = document.data
    url = data.get("prometheus") if isinstance(data, dict) else None
    if isinstance(url, str) and "@" in url.partition("://")[2].partition("/")[0]:
        what = "a URL with a name or a password in it"
        hint = f"`user` and `password` of `{_SECTION}` say where these are"
        yield Problem(where=document.where(("prometheus",)), what=what, hint=hint)
        return
    said = data.get(_SECTION) if isinstance(data, dict) else None
    if not isinstance(said, dict):
        return
    where = document.where((_SECTION,), key=True)
    if not url:
        yield Problem(
            where=where,
            what=f"`{_SECTION}` is of no `prometheus` of this file",
            hint="name it here: what a component's file names is shown nothing",
        )
    elif isinstance(url, str) and not _safe(url):
        yield Problem(
            where=where,
            what=f"`{_SECTION}` would be shown on the way to {url}",
            hint="use https; ${api} is shown what the API server wants, and needs no more",
        )
    if ":" in str(said.get("user") or ""):  # not told again: a password may come after it
        yield Problem(where=document.where((_SECTION, "user")), what="a `user` holds no colon")
    if bool(said.get("user")) != bool(said.get("password")):
        yield Problem(where=where, what="`user` and `password` go together")
    if said.get("token") and said.get("user"):
        yield Problem(where=where, what="a `token` or a `user` with a `password`: one of these")
    if bool(said.get("cert")) != bool(said.get("key")):
        yield Problem(where=where, what="`cert` and `key` go together")


def _safe(url: str) -> bool:
    """Whether nobody on the way can read what is sent there."""
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" or parts.hostname in _LOOPBACK
    except ValueError:
        return True  # no URL, which is said elsewhere
