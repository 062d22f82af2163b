"""The access to servers: a URL, and where that is kept which they want to be shown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ApiAccess:
    """The access to an API server. A file that is not wanted is "".

    `ca_file`: whose certificates are believed, the system's without one; `cert_file` and
    `key_file`: the client's own certificate; `token_file`: a bearer token, which is read again from
    time to time since tokens expire.
    """

    url: str
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    token_file: str = ""


@dataclass(frozen=True, kw_only=True)
class PrometheusAccess:
    """The access to a Prometheus that does not answer everybody; its certificate is checked.

    `secret`: `env:NAME` or `file:PATH`, where the password of `user` is or, without one, a bearer
    token. The files are as those of an API server.
    """

    url: str
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    user: str = ""
    secret: str = ""
