"""Connections to https URLs, with the credentials that are wanted there."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

import urllib3

from loadstone.model import ApiAccess, PrometheusAccess

urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)


def connections(access: ApiAccess | PrometheusAccess | None, **options: Any) -> urllib3.PoolManager:
    """A pool that shows these credentials; `options` are urllib3's.

    Without an authority to believe, whoever answers is believed: what a program under test says of
    itself is not trusted in any case. A Prometheus that is shown a secret is held to the system's.
    Raises `OSError`, also for a secret that is not where it should be.
    """
    if access is None:
        return urllib3.PoolManager(cert_reqs="CERT_NONE", **options)
    checked = bool(access.ca_file) or isinstance(access, PrometheusAccess)
    said = _shown(access)
    return urllib3.PoolManager(
        cert_reqs="CERT_REQUIRED" if checked else "CERT_NONE",
        headers={"Authorization": said} if said else {},
        ca_certs=access.ca_file or None,
        cert_file=access.cert_file or None,
        key_file=access.key_file or None,
        **options,
    )


def secret(where: str) -> str:
    """The secret that `env:NAME` or `file:PATH` names, one line of text.

    Raises `OSError` where it is not there or is none, and never with any of it.
    """
    kind, _, name = where.partition(":")
    if kind == "file":
        try:
            found = Path(name).read_text(encoding="utf-8").strip()
        except ValueError:
            raise OSError(f"{where} is no text in UTF-8") from None
    else:
        found = os.environ.get(name, "").strip()
        if not found:
            raise OSError(f"the environment variable {name} is not set")
    if not found.isprintable():  # http.client tells the whole header that it refuses
        raise OSError(f"what {where} holds is not one line of text")
    if not found:
        raise OSError(f"{where} is empty")
    return found


def _shown(access: ApiAccess | PrometheusAccess) -> str:
    """The value of the header `Authorization`, "" for none."""
    if isinstance(access, ApiAccess):
        where, user = f"file:{access.token_file}" if access.token_file else "", ""
    else:
        where, user = access.secret, access.user
    if not where:
        return ""
    found = secret(where)
    if not user:
        return f"Bearer {found}"
    return "Basic " + base64.b64encode(f"{user}:{found}".encode()).decode()
